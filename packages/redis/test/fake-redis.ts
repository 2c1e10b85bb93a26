import type { Clock } from '@authly/core';
import type { RedisCommand } from '@authly/redis';
import { DROP_MARK, FULL_FOR_HOLDER, KEEP_MARK, READ_MARKS } from '../src/mark-scripts.ts';

/** A Redis server in this process, with the commands that the stores need. */
export interface FakeRedis {
  /** Opens a new connection. */
  connect(): RedisCommand;
  /** The commands that were sent, without those that read the log. */
  readonly sent: (readonly string[])[];
  /** Called before each command is answered. It may wait, or throw instead of an answer. */
  before: ((args: readonly string[]) => unknown) | undefined;
  /** Ends the reads that wait. */
  wake(): void;
  /** Loses the last entries of the log, as happens when a replica takes over. */
  loseLog(entries: number): void;
  /** Loses everything, as a server without persistence does at a restart. */
  loseAll(): void;
  /** The names of all keys. */
  keys(): readonly string[];
  readonly hash: (key: string) => Map<string, string>;
  readonly texts: Map<string, Kept>;
  readonly settings: Map<string, string>;
}

interface Kept {
  readonly value: string;
  readonly untilMs: number;
}

interface Entry {
  readonly id: string;
  readonly fields: readonly string[];
}

type Handler = (args: readonly string[]) => unknown;

const LOG_ENTRIES = 10_000;
const SWEPT_AT_ONCE = 16;
const COMPARED_AT_ONCE = 16;

export function fakeRedis(clock: Clock): FakeRedis {
  const texts = new Map<string, Kept>();
  const hashes = new Map<string, Map<string, string>>();
  const sets = new Map<string, Map<string, number>>();
  const logs = new Map<string, Entry[]>();
  const settings = new Map([
    ['maxmemory', '0'],
    ['maxmemory-policy', 'noeviction'],
  ]);
  const sent: (readonly string[])[] = [];
  const waiting = new Set<() => void>();
  let count = 0;

  function of<Value>(all: Map<string, Value>, key: string, make: () => Value): Value {
    const known = all.get(key) ?? make();
    all.set(key, known);
    return known;
  }
  const hash = (key: string) => of(hashes, key, () => new Map<string, string>());
  const log = (key: string) => of(logs, key, (): Entry[] => []);

  function get(key: string): string | null {
    const kept = texts.get(key);
    return kept !== undefined && kept.untilMs > clock.now() ? kept.value : null;
  }

  function set(all: readonly string[]): unknown {
    const [key = '', value = '', px = '', ttl = '', ...flags] = all;
    if (px === 'NX' && ttl === 'GET' && flags.length === 0) {
      const known = get(key);
      if (known === null) texts.set(key, { value, untilMs: Number.POSITIVE_INFINITY });
      return known;
    }
    if (px !== 'PX' || !/^[1-9]\d*$/.test(ttl)) throw new Error('ERR syntax error');
    const earlier = get(key);
    const isFree = earlier === null || !flags.includes('NX');
    if (isFree) texts.set(key, { value, untilMs: clock.now() + Number(ttl) });
    if (flags.includes('GET')) return earlier;
    return isFree ? 'OK' : null;
  }

  function write(key: string, field: string, value: string, nonce: string): string {
    const entries = log(key);
    const previous = entries.at(-1)?.fields[7] ?? '';
    count += 1;
    const id = `${clock.now()}-${count}`;
    entries.push({ id, fields: ['f', field, 'v', value, 'p', previous, 'n', nonce] });
    if (entries.length > LOG_ENTRIES) entries.shift();
    wake();
    return id;
  }

  function release([, , , holders = '', held = '']: readonly string[], field: string): void {
    const holder = hashes.get(holders)?.get(field);
    if (holder === undefined) return;
    hash(holders).delete(field);
    const left = Number(hash(held).get(holder)) - 1;
    if (left < 1) hash(held).delete(holder);
    else hash(held).set(holder, String(left));
  }

  function keep(all: readonly string[]): unknown {
    const [marks = '', until = '', logKey = '', holders = '', held = '', ...args] = all;
    const [field = '', before = '', till = '', nonce = '', sweepBefore = '', ...more] = args;
    const [holder = '', maxMarks = ''] = more;
    const known = hash(marks).get(field);
    const [knownBefore = '', knownTill = ''] = known?.split(':') ?? [before, till];
    const isAny = before === '' || knownBefore === '';
    const furthest = isAny ? '' : String(Math.max(Number(before), Number(knownBefore)));
    const value = `${furthest}:${Math.max(Number(till), Number(knownTill))}`;
    if (value === known) return [value, log(logKey).at(-1)?.id ?? '0-0'];
    if (known === undefined) release(all, field);
    const times = of(sets, until, () => new Map<string, number>());
    const mayAdd = () => {
      const has = Number(hash(held).get(holder) ?? 0);
      return known !== undefined || holder === '' || has < Number(maxMarks) - hash(marks).size;
    };
    const sweep = () => {
      const expired = [...times].filter(([, time]) => time < Number(sweepBefore));
      for (const [each] of expired.slice(0, SWEPT_AT_ONCE)) {
        times.delete(each);
        hash(marks).delete(each);
        release(all, each);
      }
    };
    const isSwept = !mayAdd();
    if (isSwept) {
      sweep();
      for (const each of [...hash(holders).keys()].slice(0, COMPARED_AT_ONCE)) {
        if (!hash(marks).has(each)) release(all, each);
      }
    }
    if (!mayAdd()) return [FULL_FOR_HOLDER, log(logKey).at(-1)?.id ?? '0-0'];
    hash(marks).set(field, value);
    times.set(field, Number(value.split(':')[1]));
    if (holder !== '' && known === undefined) {
      hash(holders).set(field, holder);
      hash(held).set(holder, String(Number(hash(held).get(holder) ?? 0) + 1));
    }
    if (!isSwept) sweep();
    return [value, write(logKey, field, value, nonce)];
  }

  function drop(all: readonly string[]): unknown {
    const [marks = '', until = '', logKey = '', , , ...args] = all;
    const [field = '', nonce = '', expected = ''] = args;
    const known = hash(marks).get(field) ?? '';
    if (known === '' || known !== expected) return [known, log(logKey).at(-1)?.id ?? '0-0'];
    hash(marks).delete(field);
    sets.get(until)?.delete(field);
    release(all, field);
    return ['', write(logKey, field, '', nonce)];
  }

  function readMarks([marks = '', until = '', , , , ...args]: readonly string[]): unknown {
    const [field = '', till = '', size = ''] = args;
    const ordered = [...of(sets, until, () => new Map<string, number>())].sort(
      ([one, oneTime], [other, otherTime]) => oneTime - otherTime || (one < other ? -1 : 1),
    );
    const isSame = ordered.some(([each, time]) => each === field && String(time) === till);
    const left = ordered.filter(([each, time]) => {
      if (field === '') return true;
      return time > Number(till) || (time === Number(till) && !(isSame && each <= field));
    });
    const some = left.slice(0, Number(size));
    const fields = some.map(([each]) => each);
    return [
      fields,
      fields.map((each) => hash(marks).get(each) ?? null),
      String(some.at(-1)?.[1] ?? ''),
    ];
  }

  const read = (entries: readonly Entry[]) => entries.map(({ id, fields }) => [id, [...fields]]);

  async function readLog(args: readonly string[]): Promise<unknown> {
    const after = (name: string) => args[args.indexOf(name) + 1] ?? '';
    const limit = after('COUNT');
    const [key = '', at = ''] = args.slice(args.indexOf('STREAMS') + 1);
    const later = () =>
      log(key)
        .filter(({ id }) => isAfter(id, at))
        .slice(0, Number(limit));
    if (later().length === 0 && args.includes('BLOCK')) {
      await new Promise<void>((resolve) => {
        waiting.add(resolve);
        setTimeout(resolve, Number(after('BLOCK'))).unref();
      });
    }
    const found = later();
    return found.length === 0 ? null : [[key, read(found)]];
  }

  function wake(): void {
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  const handlers: Readonly<Record<string, Handler>> = {
    SET: set,
    GET: ([key = '']) => get(key),
    HMGET: ([key = '', ...fields]) => fields.map((field) => hash(key).get(field) ?? null),
    EVAL([script = '', keys = '', ...rest]) {
      if (keys !== '5') throw new Error('ERR wrong number of keys');
      if (script === KEEP_MARK) return keep(rest);
      if (script === DROP_MARK) return drop(rest);
      if (script === READ_MARKS) return readMarks(rest);
      throw new Error('ERR Error compiling script');
    },
    XREVRANGE([key = '', end, start, , size = '']) {
      if (end !== '+' || start !== '-') throw new Error('ERR Invalid stream ID');
      return read([...log(key)].reverse().slice(0, Number(size)));
    },
    XREAD: readLog,
    CONFIG: ([, name = '']) => [name, settings.get(name) ?? ''],
  };

  const fake: FakeRedis = {
    sent,
    before: undefined,
    texts,
    settings,
    hash,
    wake,
    connect: () => async (args) => {
      const [name = '', ...rest] = args;
      if (!name.startsWith('X')) sent.push(args);
      await fake.before?.(args);
      const handle = handlers[name];
      if (handle === undefined) throw new Error(`ERR unknown command '${name}'`);
      return await handle(rest);
    },
    loseLog(entries) {
      for (const each of logs.values()) each.splice(-entries, entries);
    },
    loseAll() {
      for (const each of [texts, hashes, sets, logs]) each.clear();
    },
    keys: () => [...texts.keys(), ...hashes.keys(), ...sets.keys(), ...logs.keys()],
  };
  return fake;
}

function isAfter(id: string, at: string): boolean {
  const [ms = 0, count = 0] = id.split('-').map(Number);
  const [atMs = 0, atCount = 0] = at.split('-').map(Number);
  return ms === atMs ? count > atCount : ms > atMs;
}
