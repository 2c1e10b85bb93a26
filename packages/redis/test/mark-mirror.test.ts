import {
  memoryRevocations,
  type RevocationMark,
  type RevocationQuery,
  type RevocationTarget,
} from '@authly/core';
import { fakeClock } from '@authly/testing';
import { describe, expect, it, vi } from 'vitest';
import { createMarkMirror } from '../src/mark-mirror.ts';

const clock = fakeClock();
const nowSec = Math.floor(clock.now() / 1_000);

function aToken(name: string, issuedAt: number | undefined = nowSec): RevocationQuery {
  return {
    issuers: ['https://as.example.com'],
    tokenId: name,
    tokenDigest: `digest of ${name}`,
    sessionId: undefined,
    subject: name,
    principalKey: `user:${name}`,
    clientId: undefined,
    issuedAt,
    expiresAt: nowSec + 600,
  };
}

/** The mark on a principal in the form that core makes. */
async function aMark(name: string, issuedBefore = nowSec): Promise<RevocationMark> {
  return await memoryRevocations({ clock }).revokePrincipal(`user:${name}`, { issuedBefore });
}

function aMirror() {
  const ownClock = fakeClock();
  return { mirror: createMarkMirror(ownClock), clock: ownClock };
}

const change = (at: string, mark: RevocationMark, isThere = true) => ({
  at,
  key: { kind: mark.kind, id: mark.id },
  mark: isThere ? mark : undefined,
});

describe('a copy of the marks', () => {
  it('has no marks at first', () => {
    expect(aMirror().mirror.isRevoked(aToken('ada'))).toBe(false);
  });

  it('follows the log: marks that are made, moved and cleared', async () => {
    const { mirror } = aMirror();
    const [early, late] = [await aMark('ada', nowSec - 1), await aMark('ada', nowSec)];
    mirror.follow('1-0', change('1-0', early));
    expect(mirror.isRevoked(aToken('ada', nowSec - 1))).toBe(true);
    expect(mirror.isRevoked(aToken('ada', nowSec))).toBe(false);
    expect(mirror.isRevoked(aToken('bob', nowSec - 1))).toBe(false);
    mirror.follow('2-0', change('2-0', late));
    expect(mirror.isRevoked(aToken('ada', nowSec))).toBe(true);
    mirror.follow('3-0', change('3-0', late, false));
    expect(mirror.isRevoked(aToken('ada', nowSec))).toBe(false);
    mirror.follow('4-0', undefined);
  });

  it('keeps a mark until it expires, by its own clock', async () => {
    const { mirror, clock: own } = aMirror();
    const mark = await aMark('ada');
    mirror.follow('1-0', change('1-0', mark));
    own.set(mark.keptUntil * 1_000 - 1);
    expect(mirror.isRevoked(aToken('ada'))).toBe(true);
    own.set(mark.keptUntil * 1_000);
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
  });

  it('uses an answer to this process at once, before it is in the log', async () => {
    const { mirror } = aMirror();
    const mark = await aMark('ada');
    mirror.acknowledge(change('5-0', mark));
    expect(mirror.isRevoked(aToken('ada'))).toBe(true);
    // Earlier news about the same mark.
    mirror.follow('4-0', change('4-0', mark, false));
    expect(mirror.isRevoked(aToken('ada'))).toBe(true);
    mirror.follow('5-0', change('5-0', mark));
    expect(mirror.isRevoked(aToken('ada'))).toBe(true);
    mirror.follow('6-0', change('6-0', mark, false));
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
  });

  it('ignores an answer that comes later than its entry in the log', async () => {
    const { mirror } = aMirror();
    const mark = await aMark('ada');
    mirror.follow('5-0', change('5-0', mark));
    mirror.follow('6-0', change('6-0', mark, false));
    mirror.acknowledge(change('5-0', mark));
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
    mirror.acknowledge(change('6-0', mark));
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
  });

  it('uses an answer that the log did not have, also if the log was read further, since another server took over', async () => {
    const { mirror } = aMirror();
    const [early, late] = [await aMark('ada', nowSec - 1), await aMark('ada', nowSec)];
    mirror.follow('1000-0', change('1000-0', late, false));
    expect(mirror.acknowledge(change('1000-0', early))).toBe(true);
    expect(mirror.isRevoked(aToken('ada', nowSec - 1))).toBe(false);
    // The clock of the other server is behind.
    expect(mirror.acknowledge(change('600-0', late))).toBe(false);
    expect(mirror.isRevoked(aToken('ada', nowSec))).toBe(true);
    // Marks do not move back.
    expect(mirror.acknowledge(change('601-0', early))).toBe(false);
    expect(mirror.isRevoked(aToken('ada', nowSec))).toBe(true);
    // The load that follows tells which marks were cleared on that server.
    expect(mirror.acknowledge(change('602-0', late, false))).toBe(false);
    expect(mirror.isRevoked(aToken('ada', nowSec))).toBe(true);
    mirror.replace([], '602-0');
    expect(mirror.acknowledge(change('602-0', late))).toBe(true);
    expect(mirror.isRevoked(aToken('ada', nowSec))).toBe(false);
    expect(mirror.acknowledge(change('603-0', late))).toBe(true);
  });

  it('remembers a thousand log positions that it has read', async () => {
    const { mirror } = aMirror();
    const mark = await aMark('ada');
    for (let count = 1; count <= 1_001; count++) mirror.follow(`${count}-0`, undefined);
    expect(mirror.acknowledge(change('2-0', mark))).toBe(true);
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
    expect(mirror.acknowledge(change('1-0', mark))).toBe(false);
  });

  it('uses a mark of a server with an older log, if it reaches further than an earlier answer', async () => {
    const [early, late] = [await aMark('ada', nowSec - 1), await aMark('ada', nowSec)];
    const { mirror: followed } = aMirror();
    const { mirror: loaded } = aMirror();
    for (const mirror of [followed, loaded]) mirror.acknowledge(change('1000-0', early));
    followed.replace([], '500-0');
    followed.follow('600-0', change('600-0', late));
    loaded.replace([late], '600-0');
    for (const mirror of [followed, loaded]) {
      expect(mirror.isRevoked(aToken('ada', nowSec))).toBe(true);
      expect(mirror.isRevoked(aToken('ada', nowSec + 1))).toBe(false);
    }
    // A mark on one token has no time: the token is refused whenever it was issued.
    followed.follow('601-0', change('601-0', { ...late, issuedBefore: undefined }));
    expect(followed.isRevoked(aToken('ada', nowSec + 1))).toBe(true);
  });

  it.each<readonly [string, Partial<RevocationMark>, Partial<RevocationMark>]>([
    ['one without a time', { issuedBefore: undefined }, {}],
    ['one that is kept for longer', { keptUntil: nowSec + 900 }, { keptUntil: nowSec + 800 }],
  ])('keeps of two answers about a mark what reaches further: %s', async (_what, far, near) => {
    const mark = await aMark('ada');
    const [further, nearer] = [
      { ...mark, ...far },
      { ...mark, ...near },
    ];
    for (const [first, second] of [
      [further, nearer],
      [nearer, further],
    ] as const) {
      const { mirror } = aMirror();
      mirror.follow('1000-0', change('1000-0', first));
      const heard: RevocationMark[] = [];
      mirror.subscribe((each) => heard.push(each));
      // This answer is from another server, whose clock is behind.
      mirror.acknowledge(change('600-0', second));
      expect(heard).toEqual(first === further ? [] : [further]);
    }
  });

  it('does not restore a cleared mark from an earlier answer', async () => {
    const { mirror } = aMirror();
    const mark = await aMark('ada');
    mirror.acknowledge(change('5-0', mark, false));
    mirror.follow('4-0', change('4-0', mark));
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
    mirror.follow('6-0', change('6-0', mark));
    expect(mirror.isRevoked(aToken('ada'))).toBe(true);
  });

  it('forgets an answer when the log has it, also if a server with an older log takes over', async () => {
    const { mirror } = aMirror();
    const mark = await aMark('ada');
    mirror.acknowledge(change('5-0', mark));
    mirror.follow('5-0', change('5-0', mark));
    mirror.follow('6-0', change('6-0', mark, false));
    mirror.replace([], '2-0');
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
  });

  it('keeps an answer until the log has passed its position, also without an entry for it', async () => {
    const { mirror } = aMirror();
    const mark = await aMark('ada');
    mirror.acknowledge(change('5-0', mark));
    mirror.follow('5-0', undefined);
    mirror.follow('6-0', change('6-0', mark, false));
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
    mirror.follow('7-0', change('7-0', mark));
    mirror.replace([], '8-0');
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
  });

  it('forgets answers that the log has passed, in any order of the answers', async () => {
    const { mirror } = aMirror();
    const [ada, bob] = [await aMark('ada'), await aMark('bob')];
    mirror.acknowledge(change('1-0', ada));
    mirror.acknowledge(change('9-0', bob));
    // The mark moves, so the first answer about it is no longer current.
    mirror.acknowledge(change('7-0', ada));
    mirror.follow('1-0', change('1-0', ada));
    mirror.follow('7-0', change('7-0', ada));
    mirror.follow('8-0', change('8-0', ada, false));
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
    expect(mirror.isRevoked(aToken('bob'))).toBe(true);
    mirror.replace([], '8-0');
    expect(mirror.isRevoked(aToken('ada'))).toBe(false);
    expect(mirror.isRevoked(aToken('bob'))).toBe(true);
  });

  it('looks at each answer only a few times, however many there are', async () => {
    // Each entry of the log once looked at all answers: 10,000 of them blocked the process for most of a minute.
    const count = 2_000;
    let looks = 0;
    const { mirror } = aMirror();
    const mark = await aMark('ada');
    const of = (index: number) => change(`1800000000000-${index}`, { ...mark, id: `${index}` });
    const answers = Array.from({ length: count }, (_, index) => of(index + 1));
    for (const answer of answers) {
      mirror.acknowledge({
        ...answer,
        get at() {
          looks++;
          return answer.at;
        },
      });
    }
    for (const answer of answers) mirror.follow(answer.at, answer);
    expect(looks).toBeLessThan(10 * count);
  });

  it('is replaced as a whole, but keeps newer answers to this process', async () => {
    const { mirror } = aMirror();
    const names = ['gone', 'told', 'cleared', 'passed', 'loaded'] as const;
    const [gone, told, cleared, passed, loaded] = await Promise.all(
      names.map((name) => aMark(name)),
    );
    if (!gone || !told || !cleared || !passed || !loaded) expect.unreachable();
    mirror.follow('1-0', change('1-0', gone));
    mirror.acknowledge(change('2-0', passed));
    mirror.acknowledge(change('5-0', told));
    mirror.acknowledge(change('5-1', cleared, false));
    mirror.replace([cleared, loaded], '3-0');
    const revoked = names.filter((name) => mirror.isRevoked(aToken(name)));
    expect(revoked).toEqual(['told', 'loaded']);
    // Entries before the position of the load are already in it.
    mirror.acknowledge(change('3-0', gone));
    expect(mirror.isRevoked(aToken('gone'))).toBe(false);
    // An answer that the load has passed does not come back.
    mirror.replace([], '9-0');
    mirror.replace([], '2-0');
    expect(names.filter((name) => mirror.isRevoked(aToken(name)))).toEqual([]);
  });

  it('knows a mark of every kind', async () => {
    const issuer = 'https://as.example.com';
    const targets: readonly RevocationTarget[] = [
      { kind: 'token', issuer, tokenId: 'ada' },
      { kind: 'subject', issuer, subject: 'ada' },
      { kind: 'principal', principalKey: 'user:ada' },
      { kind: 'issuer', issuer },
    ];
    const memory = memoryRevocations({ clock });
    await memory.revokeToken({ issuer, tokenId: 'ada' });
    await memory.revokeSubject({ issuer, subject: 'ada' });
    await memory.revokePrincipal('user:ada');
    await memory.revokeIssuer({ issuer });
    const marks = await memory.list();
    expect(marks).toHaveLength(targets.length);
    for (const mark of marks) {
      const { mirror } = aMirror();
      mirror.replace([mark], '1-0');
      expect(mirror.isRevoked(aToken('ada')), mark.kind).toBe(true);
    }
  });

  it('reports each mark once when it is made or moved, and no mark that is cleared', async () => {
    const { mirror } = aMirror();
    const heard: RevocationMark[] = [];
    const listener = (mark: RevocationMark) => heard.push(mark);
    const ends = [mirror.subscribe(listener), mirror.subscribe(listener)];
    const [early, late] = [await aMark('ada', nowSec - 1), await aMark('ada', nowSec)];
    mirror.acknowledge(change('1-0', early));
    expect(heard).toEqual([early, early]);
    ends[0]?.();
    mirror.follow('1-0', change('1-0', early));
    expect(heard).toHaveLength(2);
    mirror.follow('2-0', change('2-0', late));
    expect(heard.slice(2)).toEqual([late]);
    mirror.follow('3-0', change('3-0', { ...late, keptUntil: late.keptUntil + 1 }));
    expect(heard).toHaveLength(4);
    mirror.follow('4-0', change('4-0', late, false));
    expect(heard).toHaveLength(4);
    mirror.follow('5-0', change('5-0', late));
    expect(heard).toHaveLength(5);
    ends[1]?.();
    mirror.follow('6-0', change('6-0', early));
    expect(heard).toHaveLength(5);
  });

  it('reports new marks when it is replaced', async () => {
    const { mirror } = aMirror();
    const [known, fresh, moved] = [await aMark('a'), await aMark('b'), await aMark('c')];
    mirror.replace([known, { ...moved, issuedBefore: 1 }], '1-0');
    const heard: RevocationMark[] = [];
    mirror.subscribe((mark) => heard.push(mark));
    mirror.replace([known, fresh, moved], '2-0');
    expect(heard).toEqual([fresh, moved]);
  });

  it('works on when a listener throws', async () => {
    const { mirror } = aMirror();
    const heard = vi.fn();
    mirror.subscribe(() => {
      throw new Error('a fault of the listener');
    });
    const failing: () => unknown = () => Promise.reject(new Error('of an async listener'));
    mirror.subscribe(failing);
    mirror.subscribe(heard);
    const mark = await aMark('ada');
    mirror.follow('1-0', change('1-0', mark));
    expect(heard).toHaveBeenCalledTimes(1);
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('forgets expired marks, a thousand at a time', async () => {
    const { mirror, clock: own } = aMirror();
    const marks = Array.from(
      { length: 2_500 },
      (_, index): RevocationMark => ({
        kind: 'subject',
        id: `${index}`,
        issuedBefore: nowSec,
        keptUntil: nowSec + (index % 2 === 0 ? 10 : 1_000),
      }),
    );
    mirror.replace(marks, '1-0');
    own.advanceSec(10);
    const deleted = vi.spyOn(Map.prototype, 'delete');
    const count = () => {
      const { length } = deleted.mock.calls;
      deleted.mockClear();
      return length;
    };
    const counts = Array.from({ length: 5 }, () => {
      mirror.sweep();
      return count();
    });
    deleted.mockRestore();
    expect(counts).toEqual([500, 500, 250, 0, 0]);
  });

  it('does not load expired marks, and still forgets marks after it was replaced', async () => {
    const { mirror, clock: own } = aMirror();
    const mark = await aMark('ada');
    own.set(mark.keptUntil * 1_000);
    const set = vi.spyOn(Map.prototype, 'set');
    mirror.replace([mark], '1-0');
    expect(set.mock.calls.filter(([, value]) => value === mark)).toEqual([]);
    set.mockRestore();
    mirror.sweep();
  });
});
