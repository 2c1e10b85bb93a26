import type { BoundedCommand } from './bounded-command.ts';
import type { KeyNames } from './key-names.ts';
import { LOG_START, type LogPosition } from './log-position.ts';
import type { MarkChange } from './mark-table.ts';
import { keyOfField, markOf } from './mark-text.ts';
import { list, pairs, text } from './reply.ts';

/** One place in the log: the position of an entry, and its nonce, which is different in every log. */
export interface LogHead {
  readonly at: LogPosition;
  /** Empty before the first entry. */
  readonly nonce: string;
}

/** One entry of the log. */
export interface LogEntry extends LogHead {
  /** The nonce of the entry before. */
  readonly previous: string;
  /** `undefined` for an entry that this package did not write. */
  readonly change: MarkChange | undefined;
}

/** Reads which marks were made and removed, in order. Every rejection is an outage. */
export interface MarkLog {
  /** The last entry. */
  head(): Promise<LogHead>;
  /**
   * The entries after a position. Waits up to `blockMs` milliseconds for the first one, then returns none. 0:
   * does not wait.
   */
  after(at: LogPosition, blockMs: number): Promise<readonly LogEntry[]>;
}

const READ_AT_ONCE = 1_000;

/** `command` is on a connection of its own: it is busy while it waits for an entry. */
export function createMarkLog(command: BoundedCommand, { log }: KeyNames): MarkLog {
  return {
    async head() {
      const reply = await command(['XREVRANGE', log, '+', '-', 'COUNT', '1'], log);
      const [last] = list(reply, 'XREVRANGE');
      return last === undefined ? { at: LOG_START, nonce: '' } : entryOf(last, 'XREVRANGE');
    },
    async after(at, blockMs) {
      // To the server, BLOCK 0 means to wait for ever.
      const block = blockMs > 0 ? ['BLOCK', String(blockMs)] : [];
      const read = ['XREAD', 'COUNT', String(READ_AT_ONCE), ...block, 'STREAMS', log, at];
      const reply = await command(read, log);
      if (reply === null || reply === undefined) return [];
      const [stream] = pairs(reply, 'XREAD');
      return list(stream?.[1], 'XREAD').map((entry) => entryOf(entry, 'XREAD'));
    },
  };
}

function entryOf(reply: unknown, command: string): LogEntry {
  const [id, content] = list(reply, command);
  const at = text(id, command);
  const fields = new Map(pairs(content, command));
  const value = (name: string) => text(fields.get(name), command);
  const key = keyOfField(value('f'));
  const kept = value('v');
  const change = key && { at, key, mark: kept === '' ? undefined : markOf(key, kept) };
  return { at, nonce: value('n'), previous: value('p'), change };
}
