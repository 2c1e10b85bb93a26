import { randomBytes } from 'node:crypto';
import type { Clock, RevocationMark, RevocationMarkKey } from '@authly/core';
import type { BoundedCommand } from './bounded-command.ts';
import type { KeyNames } from './key-names.ts';
import type { LogPosition } from './log-position.ts';
import { DROP_MARK, KEEP_MARK } from './mark-scripts.ts';
import { fieldOf, keyOfField, markOf } from './mark-text.ts';
import { list, optionalText, pairs, text, UnexpectedReplyError } from './reply.ts';

/** What became of a mark, and where in the log that stands. */
export interface MarkChange {
  readonly at: LogPosition;
  readonly key: RevocationMarkKey;
  /** `undefined`: there was none, or it was cleared. */
  readonly mark: RevocationMark | undefined;
}

/** The marks as the server keeps them. Whatever rejects is an outage. */
export interface MarkTable {
  /** Keeps a mark, or moves it forward. */
  keep(mark: RevocationMark): Promise<MarkChange & { readonly mark: RevocationMark }>;
  /** Forgets a mark, and gives it. */
  drop(key: RevocationMarkKey): Promise<MarkChange>;
  /** The marks under these keys, those that expired included. */
  find(keys: readonly RevocationMarkKey[]): Promise<readonly RevocationMark[]>;
  /** All marks, those that expired included, some perhaps twice. */
  scan(): AsyncIterable<readonly RevocationMark[]>;
}

/**
 * Marks go so long after they expired, in seconds: the clocks of two processes may differ, and each decides
 * by its own which marks count.
 */
const SWEPT_AFTER_SEC = 3_600;
const SCANNED_AT_ONCE = 1_000;
const NONCE_BYTES = 12;

export function createMarkTable(command: BoundedCommand, names: KeyNames, clock: Clock): MarkTable {
  const { marks, until, log } = names;

  async function run(script: string, args: readonly string[]): Promise<readonly [string, string]> {
    const reply = await command(['EVAL', script, '3', marks, until, log, ...args], marks);
    const [value, at] = list(reply, 'EVAL');
    return [text(value, 'EVAL'), text(at, 'EVAL')];
  }

  return {
    async keep(mark) {
      const { kind, id, issuedBefore, keptUntil } = mark;
      const sweepBefore = Math.floor(clock.now() / 1_000) - SWEPT_AFTER_SEC;
      const [value, at] = await run(KEEP_MARK, [
        fieldOf(mark),
        issuedBefore === undefined ? '' : String(issuedBefore),
        String(keptUntil),
        nonce(),
        String(sweepBefore),
      ]);
      return { at, key: { kind, id }, mark: markOf({ kind, id }, value) };
    },

    async drop({ kind, id }) {
      const [value, at] = await run(DROP_MARK, [fieldOf({ kind, id }), nonce()]);
      return {
        at,
        key: { kind, id },
        mark: value === '' ? undefined : markOf({ kind, id }, value),
      };
    },

    async find(keys) {
      const reply = await command(['HMGET', marks, ...keys.map(fieldOf)], marks);
      const values = list(reply, 'HMGET');
      if (values.length !== keys.length) throw new UnexpectedReplyError('HMGET');
      return keys.flatMap((key, index) => {
        const value = optionalText(values[index], 'HMGET');
        return value === undefined ? [] : [markOf(key, value)];
      });
    },

    async *scan() {
      let cursor = '0';
      do {
        const scan = ['HSCAN', marks, cursor, 'COUNT', String(SCANNED_AT_ONCE)];
        const [next, found] = list(await command(scan, marks), 'HSCAN');
        cursor = text(next, 'HSCAN');
        yield pairs(found, 'HSCAN').flatMap(([field, value]) => {
          const key = keyOfField(field);
          return key === undefined ? [] : [markOf(key, text(value, 'HSCAN'))];
        });
      } while (cursor !== '0');
    },
  };
}

function nonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}
