import type { RevocationMark } from '@authly/core';
import { fakeClock } from '@authly/testing';
import { describe, expect, it, vi } from 'vitest';
import { keyNames } from '../src/key-names.ts';
import { DROP_MARK, KEEP_MARK } from '../src/mark-scripts.ts';
import { createMarkTable } from '../src/mark-table.ts';
import { fakeRedis } from './fake-redis.ts';

const names = keyNames('a');
const KEYS = [names.marks, names.until, names.log];

function aTable() {
  const clock = fakeClock();
  const redis = fakeRedis(clock);
  const send = redis.connect();
  const table = createMarkTable(async (...given) => await send(...given), names, clock);
  const nowSec = () => clock.now() / 1_000;
  return { clock, redis, table, nowSec };
}

function aMark(id: string, keptUntil: number, issuedBefore?: number): RevocationMark {
  return { kind: 'subject', id, issuedBefore, keptUntil };
}

function tableOver(reply: unknown) {
  const command = vi.fn(async (..._given: readonly unknown[]) => reply);
  return { command, table: createMarkTable(command, names, fakeClock()) };
}

describe('the table of marks', () => {
  it('keeps a mark by one script over keys of one node, with a nonce of its own', async () => {
    const { command, table } = tableOver(['17:20', '5-0']);
    await table.keep(aMark('x', 20, 17));
    await table.keep(aMark('x', 20));
    const args = (issuedBefore: string) => [
      ...['EVAL', KEEP_MARK, '3', ...KEYS, 'subject:x', issuedBefore, '20'],
      expect.stringMatching(/^[\w-]{16}$/),
      String(fakeClock().now() / 1_000 - 3_600),
    ];
    expect(command.mock.calls).toEqual([
      [args('17'), names.marks],
      [args(''), names.marks],
    ]);
    const nonces = command.mock.calls.map(([given]) => Array.isArray(given) && given[9]);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('gives the mark as it is kept then, and where in the log that stands', async () => {
    const { table } = tableOver(['19:25', '5-0']);
    await expect(table.keep(aMark('x', 20, 17))).resolves.toEqual({
      at: '5-0',
      key: { kind: 'subject', id: 'x' },
      mark: aMark('x', 25, 19),
    });
  });

  it('forgets a mark by one script, and gives it', async () => {
    const { command, table } = tableOver([':20', '5-0']);
    const key = { kind: 'subject', id: 'x' } as const;
    await expect(table.drop(key)).resolves.toEqual({ at: '5-0', key, mark: aMark('x', 20) });
    const nonce = expect.stringMatching(/^[\w-]{16}$/);
    expect(command.mock.calls).toEqual([
      [['EVAL', DROP_MARK, '3', ...KEYS, 'subject:x', nonce], names.marks],
    ]);
    const none = tableOver(['', '5-0']);
    await expect(none.table.drop(key)).resolves.toEqual({ at: '5-0', key, mark: undefined });
  });

  it('finds marks by one command, those that are there', async () => {
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

  it('reads all marks in steps, and passes over fields that are not ours', async () => {
    const { redis, table } = aTable();
    for (let count = 0; count < 2_500; count++)
      redis.hash(names.marks).set(`subject:${count}`, ':9');
    redis.hash(names.marks).set('theirs', 'whatever');
    const found: RevocationMark[] = [];
    for await (const some of table.scan()) found.push(...some);
    expect(found).toHaveLength(2_500);
    expect(found[2_499]).toEqual(aMark('2499', 9));
    expect(redis.sent).toEqual(
      ['0', '1000', '2000'].map((cursor) => ['HSCAN', names.marks, cursor, 'COUNT', '1000']),
    );
  });

  it('drops marks an hour after they expired, some at a time', async () => {
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
  ])('takes no other reply for that of %s', async (_what, reply, message) => {
    await expect(tableOver(reply).table.keep(aMark('x', 1))).rejects.toThrow(message);
    await expect(tableOver(reply).table.drop(aMark('x', 1))).rejects.toThrow(message);
  });

  it.each([
    ['too few', []],
    ['too many', ['17:20', null]],
    ['no list', null],
    ['numbers', [7]],
  ])('takes no other reply for that of a search: %s', async (_what, reply) => {
    const { table } = tableOver(reply);
    await expect(table.find([aMark('x', 1)])).rejects.toThrow('Redis answered HMGET');
  });

  it.each([
    ['no list', null],
    ['no cursor', [null, []]],
    ['no pairs', ['0', null]],
    ['no values', ['0', ['subject:x', null]]],
  ])('takes no other reply for that of a scan: %s', async (_what, reply) => {
    const scanned = tableOver(reply).table.scan()[Symbol.asyncIterator]();
    await expect(scanned.next()).rejects.toThrow('Redis answered HSCAN');
  });
});
