import { isRevocationStoreFullError, type RevocationMark } from '@authly/core';
import { fakeClock } from '@authly/testing';
import { describe, expect, it, vi } from 'vitest';
import { keyNames } from '../src/key-names.ts';
import { DROP_MARK, KEEP_MARK, READ_MARKS } from '../src/mark-scripts.ts';
import { createMarkTable, type MarkTable } from '../src/mark-table.ts';
import { fakeRedis } from './fake-redis.ts';

const names = keyNames('a');
const KEYS = [names.marks, names.until, names.log, names.holders, names.held];

function aTable(maxMarks = 1_000_000) {
  const clock = fakeClock();
  const redis = fakeRedis(clock);
  const send = redis.connect();
  const table = createMarkTable(async (...given) => await send(...given), {
    names,
    clock,
    maxMarks,
  });
  const nowSec = () => clock.now() / 1_000;
  return { clock, redis, table, nowSec };
}

function aMark(id: string, keptUntil: number, issuedBefore?: number): RevocationMark {
  return { kind: 'subject', id, issuedBefore, keptUntil };
}

function tableOver(reply: unknown) {
  const command = vi.fn(async (..._given: readonly unknown[]) => reply);
  return {
    command,
    table: createMarkTable(command, { names, clock: fakeClock(), maxMarks: 1_000_000 }),
  };
}

async function allOf(table: MarkTable): Promise<readonly RevocationMark[]> {
  const found: RevocationMark[] = [];
  for await (const some of table.scan()) found.push(...some);
  return found;
}

describe('the table of marks', () => {
  it('stores a mark with one script over keys of one node, with a new nonce', async () => {
    const { command, table } = tableOver(['17:20', '5-0']);
    await table.keep(aMark('x', 20, 17));
    await table.keep(aMark('x', 20));
    const args = (issuedBefore: string) => [
      ...['EVAL', KEEP_MARK, '5', ...KEYS, 'subject:x', issuedBefore, '20'],
      expect.stringMatching(/^[\w-]{16}$/),
      String(fakeClock().now() / 1_000 - 3_600),
      '',
      '1000000',
    ];
    expect(command.mock.calls).toEqual([
      [args('17'), names.marks],
      [args(''), names.marks],
    ]);
    const nonces = command.mock.calls.map(([given]) => Array.isArray(given) && given[11]);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('stores as many marks of a holder as are still free, under a digest of its name', async () => {
    const { clock, redis, table, nowSec } = aTable(8);
    const till = nowSec() + 10;
    const keep = (id: string, holder?: string) =>
      table.keep(aMark(id, till), holder).then(
        () => 'kept',
        (error: unknown) => isRevocationStoreFullError(error) && error.full,
      );
    const outcomes = (ids: string, holder?: string) =>
      Promise.all([...ids].map((id) => keep(id, holder)));
    expect(await outcomes('abcde', 'https://a')).toEqual(
      [...'....'].map(() => 'kept').concat('holder'),
    );
    expect(await outcomes('efg', 'https://b')).toEqual(['kept', 'kept', 'holder']);
    expect(await outcomes('a', 'https://b')).toEqual(['kept']);
    expect([...redis.hash(names.held).values()]).toEqual(['4', '2']);
    expect(redis.hash(names.holders).size).toBe(6);
    expect(JSON.stringify([...redis.hash(names.held), ...redis.hash(names.holders)])).not.toContain(
      'https',
    );
    // Marks that the application itself makes are not counted and have no limit here.
    expect(await outcomes('ghijk')).toEqual([...'ghijk'].map(() => 'kept'));
    expect(redis.hash(names.holders).size).toBe(6);
    await table.drop(aMark('a', till));
    await table.drop(aMark('g', till));
    expect([...redis.hash(names.held).values()]).toEqual(['3', '2']);
    for (const id of 'ef') await table.drop(aMark(id, till));
    expect([...redis.hash(names.held).values()]).toEqual(['3']);
    // Marks that expired more than an hour ago are removed, which makes room for the holder.
    expect(await keep('l', 'https://a')).toBe('holder');
    clock.advanceSec(3_611);
    expect(await keep('l', 'https://a')).toBe('kept');
    expect([...redis.hash(names.held).values()]).toEqual(['1']);
    expect([...redis.hash(names.holders).keys()]).toEqual(['subject:l']);
  });

  it('does not count marks that an earlier version of the package removed', async () => {
    const { redis, table, nowSec } = aTable(8);
    const keep = (id: string) => table.keep(aMark(id, nowSec() + 10), 'https://a');
    const removed = (id: string) => redis.hash(names.marks).delete(`subject:${id}`);
    for (const id of 'abcd') await keep(id);
    // A mark that is made again is counted once.
    removed('a');
    await keep('a');
    expect([...redis.hash(names.held).values()]).toEqual(['4']);
    // Marks that are not made again are no longer counted when the share seems to be used up.
    for (const id of 'abcd') removed(id);
    for (const id of 'efgh') await keep(id);
    expect([...redis.hash(names.held).values()]).toEqual(['4']);
    expect([...redis.hash(names.holders).keys()]).toEqual(
      ['e', 'f', 'g', 'h'].map((id) => `subject:${id}`),
    );
    await expect(keep('i')).rejects.toThrow('full for this holder');
  });

  it('returns the mark that is stored afterwards, and its position in the log', async () => {
    const { table } = tableOver(['19:25', '5-0']);
    await expect(table.keep(aMark('x', 20, 17))).resolves.toEqual({
      at: '5-0',
      key: { kind: 'subject', id: 'x' },
      mark: aMark('x', 25, 19),
    });
  });

  it('removes a mark with one script if it has not changed, and returns it', async () => {
    const { redis, table, nowSec } = aTable();
    const mark = aMark('x', nowSec() + 10, 17);
    await table.keep(mark);
    redis.sent.length = 0;
    const { at, ...dropped } = await table.drop(mark);
    expect(dropped).toEqual({ key: { kind: 'subject', id: 'x' }, mark });
    expect(at).toMatch(/^\d+-\d+$/);
    const nonce = expect.stringMatching(/^[\w-]{16}$/);
    expect(redis.sent).toEqual([
      ['HMGET', names.marks, 'subject:x'],
      ['EVAL', DROP_MARK, '5', ...KEYS, 'subject:x', nonce, `17:${nowSec() + 10}`],
    ]);
    await expect(table.drop(mark)).resolves.toMatchObject({ at, mark: undefined });
  });

  it('does not remove a newer mark when a client repeats the command later', async () => {
    const { redis, table, nowSec } = aTable();
    await table.keep(aMark('x', nowSec() + 10, 17));
    let again: (() => PromiseLike<unknown>) | undefined;
    redis.before = (args) => {
      if (args[1] !== DROP_MARK) return;
      redis.before = undefined;
      again = () => redis.connect()(args, names.marks);
      throw new Error('the connection was lost');
    };
    await expect(table.drop(aMark('x', 0))).rejects.toThrow('lost');
    await table.keep(aMark('x', nowSec() + 11, 18));
    await again?.();
    expect(again).toBeDefined();
    expect(await table.find([aMark('x', 0)])).toEqual([aMark('x', nowSec() + 11, 18)]);
  });

  it('removes a mark that has moved meanwhile, and gives up if it keeps moving', async () => {
    const { redis, table, nowSec } = aTable();
    const mark = aMark('x', nowSec() + 10, 17);
    await table.keep(mark);
    let moves = 0;
    const move = (limit: number) => async (args: readonly string[]) => {
      if (args[1] !== DROP_MARK || moves === limit) return;
      moves += 1;
      await table.keep({ ...mark, keptUntil: mark.keptUntil + moves });
    };
    redis.before = move(2);
    await expect(table.drop(mark)).resolves.toMatchObject({
      mark: aMark('x', nowSec() + 12, 17),
    });
    await table.keep(mark);
    redis.before = move(100);
    await expect(table.drop(mark)).rejects.toThrow('changed each time');
    expect(moves).toBe(2 + 5);
    redis.before = undefined;
    expect(await table.find([mark])).toHaveLength(1);
  });

  it('finds the existing marks with one command', async () => {
    const { command, table } = tableOver([null, '17:20']);
    const keys = [
      { kind: 'token', id: 'a' },
      { kind: 'subject', id: 'x' },
    ] as const;
    await expect(table.find(keys)).resolves.toEqual([aMark('x', 20, 17)]);
    expect(command.mock.calls).toEqual([
      [['HMGET', names.marks, 'token:a', 'subject:x'], names.marks],
    ]);
  });

  it('reads all marks in steps, and skips fields that are not ours', async () => {
    const { redis, table, nowSec } = aTable();
    // Most marks have the same time. Among these, the next step begins after the field that was
    // read last.
    const till = (count: number) => nowSec() + 10 + Math.floor(count / 2_200);
    for (let count = 0; count < 2_500; count++) await table.keep(aMark(`${count}`, till(count)));
    redis.hash(names.marks).set('theirs', 'whatever');
    redis.sent.length = 0;
    const found = await allOf(table);
    expect(found.map(({ id }) => Number(id)).sort((one, other) => one - other)).toEqual(
      Array.from({ length: 2_500 }, (_, count) => count),
    );
    expect(found.at(-1)).toEqual(aMark('2499', till(2_499)));
    const start = ['EVAL', READ_MARKS, '5', ...KEYS];
    expect(redis.sent).toEqual([
      [...start, '', '', '1000'],
      [...start, `subject:${found[999]?.id}`, String(till(0)), '1000'],
      [...start, `subject:${found[1_999]?.id}`, String(till(0)), '1000'],
    ]);
  });

  it.each<[string, (table: MarkTable, last: RevocationMark) => Promise<unknown>]>([
    ['cleared', async (table, last) => await table.drop(last)],
    ['moved', async (table, last) => await table.keep({ ...last, keptUntil: last.keptUntil + 1 })],
  ])('misses none when the one that it read last is %s', async (_what, act) => {
    const { table, nowSec } = aTable();
    for (let count = 0; count < 1_500; count++) await table.keep(aMark(`${count}`, nowSec() + 10));
    const found = new Set<string>();
    for await (const some of table.scan()) {
      const last = some.at(-1);
      if (found.size === 0 && last !== undefined) await act(table, last);
      for (const { id } of some) found.add(id);
    }
    expect(found.size).toBe(1_500);
  });

  it('removes marks an hour after they have expired, some at a time', async () => {
    const { clock, redis, table, nowSec } = aTable();
    for (let count = 0; count < 20; count++) await table.keep(aMark(`old ${count}`, nowSec() + 10));
    clock.advanceSec(10 + 3_600);
    await table.keep(aMark('new', nowSec() + 10));
    expect(redis.hash(names.marks).size).toBe(21);
    clock.advanceSec(1);
    await table.keep(aMark('newer', nowSec() + 10));
    expect(redis.hash(names.marks).size).toBe(22 - 16);
    await table.keep(aMark('newest', nowSec() + 10));
    expect([...redis.hash(names.marks).keys()]).toEqual([
      'subject:new',
      'subject:newer',
      'subject:newest',
    ]);
  });

  it.each([
    ['a mark', ['17', '5-0'], 'damaged'],
    ['a script, without a list', '17:20', 'Redis answered EVAL'],
    ['a script, without a place', ['17:20'], 'Redis answered EVAL'],
    ['a script, without a mark', [null, '5-0'], 'Redis answered EVAL'],
  ])('does not accept another reply to %s', async (_what, reply, message) => {
    await expect(tableOver(reply).table.keep(aMark('x', 1))).rejects.toThrow(message);
    const found = Array.isArray(reply) ? [reply[0]] : [null];
    const ofDrop = Array.isArray(reply) && reply[0] === '17' ? ['', '5-0'] : reply;
    const table = createMarkTable(async ([name]) => (name === 'HMGET' ? found : ofDrop), {
      names,
      clock: fakeClock(),
      maxMarks: 1_000_000,
    });
    await expect(table.drop(aMark('x', 1))).rejects.toThrow(message);
    await expect(tableOver(null).table.drop(aMark('x', 1))).rejects.toThrow('HMGET');
  });

  it.each([
    ['too few', []],
    ['too many', ['17:20', null]],
    ['no list', null],
    ['numbers', [7]],
  ])('does not accept another reply to a search: %s', async (_what, reply) => {
    const { table } = tableOver(reply);
    await expect(table.find([aMark('x', 1)])).rejects.toThrow('Redis answered HMGET');
  });

  it.each([
    ['no list', null],
    ['no fields', [null, [], '']],
    ['no values', [['subject:x'], null, '7']],
    ['too few values', [['subject:x'], [], '7']],
    ['fields that are no texts', [[7], [':7'], '7']],
    ['no time', [Array(1_000).fill('subject:x'), Array(1_000).fill(':7'), null]],
  ])('does not accept another reply to a scan: %s', async (_what, reply) => {
    await expect(allOf(tableOver(reply).table)).rejects.toThrow('Redis answered EVAL');
  });

  it('skips an empty field, and a field that is not ours', async () => {
    const fields = ['subject:x', 'theirs:x', 'subject:y'];
    const { table } = tableOver([fields, [null, 'whatever', ':7'], '7']);
    expect(await allOf(table)).toEqual([aMark('y', 7)]);
  });
});
