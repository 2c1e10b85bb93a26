import { createHash, randomBytes } from 'node:crypto';
import {
  type Clock,
  type RevocationMark,
  type RevocationMarkKey,
  RevocationStoreFullError,
} from '@authly/core';
import type { BoundedCommand } from './bounded-command.ts';
import type { KeyNames } from './key-names.ts';
import type { LogPosition } from './log-position.ts';
import { DROP_MARK, FULL_FOR_HOLDER, KEEP_MARK, READ_MARKS } from './mark-scripts.ts';
import { fieldOf, keyOfField, markOf } from './mark-text.ts';
import { list, optionalText, text, UnexpectedReplyError } from './reply.ts';

/** What happened to a mark, and the position of that in the log. */
export interface MarkChange {
  readonly at: LogPosition;
  readonly key: RevocationMarkKey;
  /** `undefined`: there was no mark, or it was removed. */
  readonly mark: RevocationMark | undefined;
}

/** The marks that the server keeps. Every rejection is an outage, unless a method says otherwise. */
export interface MarkTable {
  /**
   * Keeps a mark, or extends the one that is there. Rejects with a `RevocationStoreFullError` when its holder
   * has used up its share; that is no outage.
   */
  keep(
    mark: RevocationMark,
    holder?: string,
  ): Promise<MarkChange & { readonly mark: RevocationMark }>;
  /** Forgets a mark, and returns it. */
  drop(key: RevocationMarkKey): Promise<MarkChange>;
  /** The marks under these keys, also expired ones. */
  find(keys: readonly RevocationMarkKey[]): Promise<readonly RevocationMark[]>;
  /** All marks, also expired ones. Some may come twice. */
  scan(): AsyncIterable<readonly RevocationMark[]>;
}

/**
 * How long an expired mark stays, in seconds. The clocks of two processes may differ, and each process decides
 * by its own clock which marks count.
 */
const SWEPT_AFTER_SEC = 3_600;
const READ_AT_ONCE = 1_000;
/** How often a removal is tried: another process may extend the mark between reading and removing it. */
const DROP_TRIES = 5;
const NONCE_BYTES = 12;

/** What a table is made of. */
export interface MarkTableContext {
  readonly names: KeyNames;
  readonly clock: Clock;
  /** With how many marks the store is full for holders. */
  readonly maxMarks: number;
}

export function createMarkTable(
  command: BoundedCommand,
  { names, clock, maxMarks }: MarkTableContext,
): MarkTable {
  const { marks, until, log, holders, held } = names;
  const touched = [marks, until, log, holders, held];

  async function run(script: string, args: readonly string[]): Promise<readonly unknown[]> {
    return list(
      await command(['EVAL', script, String(touched.length), ...touched, ...args], marks),
      'EVAL',
    );
  }

  async function change(
    script: string,
    args: readonly string[],
  ): Promise<readonly [string, string]> {
    const [value, at] = await run(script, args);
    return [text(value, 'EVAL'), text(at, 'EVAL')];
  }

  /** The marks in the fields of a reply; empty fields are left out. */
  function marksIn(
    keys: readonly (RevocationMarkKey | undefined)[],
    reply: unknown,
    name: string,
  ): readonly RevocationMark[] {
    const values = list(reply, name);
    if (values.length !== keys.length) throw new UnexpectedReplyError(name);
    return keys.flatMap((key, index) => {
      const value = optionalText(values[index], name);
      return key === undefined || value === undefined ? [] : [markOf(key, value)];
    });
  }

  return {
    async keep(mark, holder) {
      const { kind, id, issuedBefore, keptUntil } = mark;
      const sweepBefore = Math.floor(clock.now() / 1_000) - SWEPT_AFTER_SEC;
      const [value, at] = await change(KEEP_MARK, [
        fieldOf(mark),
        issuedBefore === undefined ? '' : String(issuedBefore),
        String(keptUntil),
        nonce(),
        String(sweepBefore),
        holder === undefined ? '' : digestOf(holder),
        String(maxMarks),
      ]);
      if (value === FULL_FOR_HOLDER) throw new RevocationStoreFullError('holder');
      return { at, key: { kind, id }, mark: markOf({ kind, id }, value) };
    },

    async drop({ kind, id }) {
      const key = { kind, id };
      const field = fieldOf(key);
      const [found] = list(await command(['HMGET', marks, field], marks), 'HMGET');
      let known = optionalText(found, 'HMGET') ?? '';
      for (let tries = 0; tries < DROP_TRIES; tries++) {
        const [kept, at] = await change(DROP_MARK, [field, nonce(), known]);
        if (kept === '') return { at, key, mark: known === '' ? undefined : markOf(key, known) };
        known = kept;
      }
      throw new Error('The mark was changed each time that it should have been cleared');
    },

    async find(keys) {
      return marksIn(keys, await command(['HMGET', marks, ...keys.map(fieldOf)], marks), 'HMGET');
    },

    async *scan() {
      let last = ['', ''];
      for (;;) {
        const [found, values, till] = await run(READ_MARKS, [...last, String(READ_AT_ONCE)]);
        const fields = list(found, 'EVAL').map((field) => text(field, 'EVAL'));
        yield marksIn(fields.map(keyOfField), values, 'EVAL');
        const field = fields.at(-1);
        if (field === undefined || fields.length < READ_AT_ONCE) return;
        last = [field, text(till, 'EVAL')];
      }
    },
  };
}

/** What is kept shows nobody's name. */
function digestOf(holder: string): string {
  return createHash('sha256').update(holder).digest('base64url');
}

function nonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}
