import { describe, expect, it, vi } from 'vitest';
import { keyNames } from '../src/key-names.ts';
import { createMarkLog } from '../src/mark-log.ts';

const names = keyNames('a');
const ENTRY = ['5-1', ['f', 'subject:x', 'v', '17:20', 'p', 'before', 'n', 'nonce']];
const MARK = { kind: 'subject', id: 'x', issuedBefore: 17, keptUntil: 20 };
const READ = {
  at: '5-1',
  nonce: 'nonce',
  previous: 'before',
  change: { at: '5-1', key: { kind: 'subject', id: 'x' }, mark: MARK },
};

function logOver(reply: unknown) {
  const command = vi.fn(async (..._given: readonly unknown[]) => reply);
  return { command, log: createMarkLog(command, names) };
}

function entry(field: string, value: string) {
  return ['5-1', ['f', field, 'v', value, 'p', 'before', 'n', 'nonce']];
}

describe('the log of marks', () => {
  it('has a last entry, or none', async () => {
    const { command, log } = logOver([ENTRY]);
    await expect(log.head()).resolves.toMatchObject({ at: '5-1', nonce: 'nonce' });
    expect(command.mock.calls).toEqual([
      [['XREVRANGE', names.log, '+', '-', 'COUNT', '1'], names.log],
    ]);
    await expect(logOver([]).log.head()).resolves.toEqual({ at: '0-0', nonce: '' });
  });

  it('is read from a given position, and the read waits as long as it is told', async () => {
    const { command, log } = logOver([[names.log, [ENTRY, entry('subject:x', '')]]]);
    await expect(log.after('4-0', 1_000)).resolves.toEqual([
      READ,
      { ...READ, change: { ...READ.change, mark: undefined } },
    ]);
    const read = ['XREAD', 'COUNT', '1000', 'BLOCK', '1000', 'STREAMS', names.log, '4-0'];
    expect(command.mock.calls).toEqual([[read, names.log]]);
    await log.after('4-0', 0);
    const atOnce = ['XREAD', 'COUNT', '1000', 'STREAMS', names.log, '4-0'];
    expect(command.mock.calls[1]).toEqual([atOnce, names.log]);
  });

  it('is read in the form of each protocol and client', async () => {
    const fields = { f: 'subject:x', v: '17:20', p: 'before', n: 'nonce' };
    for (const reply of [
      new Map([[names.log, [ENTRY]]]),
      { [names.log]: [['5-1', fields]] },
      [names.log, [['5-1', new Map(Object.entries(fields))]]],
    ]) {
      await expect(logOver(reply).log.after('4-0', 1)).resolves.toEqual([READ]);
    }
  });

  it.each([null, undefined])('has nothing new when the server says %s', async (reply) => {
    await expect(logOver(reply).log.after('4-0', 1)).resolves.toEqual([]);
  });

  it('may have other entries, which change no mark', async () => {
    const { log } = logOver([[names.log, [entry('theirs', 'whatever')]]]);
    await expect(log.after('4-0', 1)).resolves.toEqual([{ ...READ, change: undefined }]);
  });

  it.each([
    ['no list', 'text', 'XREAD'],
    ['no entries', [[names.log, null]], 'XREAD'],
    ['nothing', [], 'XREAD'],
    ['an entry without an id', [[names.log, [[null, ENTRY[1]]]]], 'XREAD'],
    ['an entry without fields', [[names.log, [['5-1', []]]]], 'XREAD'],
  ])('does not accept another reply as entries: %s', async (_what, reply, command) => {
    await expect(logOver(reply).log.after('4-0', 1)).rejects.toThrow(`Redis answered ${command}`);
  });

  it.each([
    ['no list', null],
    ['an entry that is null', [null]],
  ])('does not accept another reply as the last entry: %s', async (_what, reply) => {
    await expect(logOver(reply).log.head()).rejects.toThrow('Redis answered XREVRANGE');
  });
});
