import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import {
  AUDIENCE,
  aClock,
  aToken,
  type FakeClock,
  generateTestKey,
  jwks,
} from '../../../../test/support/tokens.ts';
import { createIssuers } from '../../src/issuers/create-issuers.ts';
import { createDynamicIssuers } from '../../src/issuers/dynamic-issuers.ts';
import type { IssuerEntry } from '../../src/issuers/issuer-entry.ts';
import type { IssuerCacheOptions, IssuerResolver } from '../../src/issuers/issuer-resolver.ts';
import type { Issuers } from '../../src/issuers/issuers.ts';
import type { TrustedIssuer } from '../../src/issuers/trusted-issuer.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { custom } from '../../src/providers/custom.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';
import { outcomeOf, refusalOf } from '../errors-of.ts';
import { aResourceServer } from '../resource-servers.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com';
const C = 'https://c.example.com';

function entry(iss: string, changes: object = {}): IssuerEntry {
  return { ...rfc9068({ issuer: iss, jwks }), audience: AUDIENCE, ...changes };
}

interface Tenants {
  readonly issuers: Issuers;
  readonly clock: FakeClock;
  /** Every `iss` that the resolver was asked for, in order. */
  readonly asked: readonly string[];
}

function tenants(resolver: IssuerResolver, issuerCache: IssuerCacheOptions = {}): Tenants {
  const clock = aClock();
  const asked: string[] = [];
  const counting: IssuerResolver = (iss, context) => {
    asked.push(iss);
    return resolver(iss, context);
  };
  const options = resolveOptions({ issuers: counting, issuerCache, clock });
  return { issuers: createDynamicIssuers(counting, options), clock, asked };
}

async function found(issuers: Issuers, iss: string): Promise<TrustedIssuer> {
  return (await issuers.find({ iss })) ?? expect.unreachable(`${iss} should have been found`);
}

describe('asking the resolver', () => {
  it('answers without a promise when the resolver does', () => {
    const { issuers } = tenants((iss) => (iss === A ? entry(iss) : undefined));
    expect(issuers.find({ iss: A })).not.toBeInstanceOf(Promise);
    expect(issuers.find({ iss: B })).toBeUndefined();
  });

  it('happens once for all who ask at the same time', async () => {
    const { issuers, asked } = tenants(async (iss) => entry(iss));
    const answers = await Promise.all(Array.from({ length: 50 }, () => issuers.find({ iss: A })));
    expect(new Set(answers).size).toBe(1);
    expect(asked).toEqual([A]);
  });

  it('happens again when an answer is old, found or not', async () => {
    const { issuers, asked, clock } = tenants(async (iss) => (iss === A ? entry(iss) : undefined), {
      foundForSec: 100,
      unknownForSec: 10,
    });
    const askBoth = async () => {
      await issuers.find({ iss: A });
      await issuers.find({ iss: B });
    };
    await askBoth();
    clock.advanceSec(9.999);
    await askBoth();
    expect(asked).toEqual([A, B]);
    clock.advanceSec(0.001);
    await askBoth();
    expect(asked).toEqual([A, B, B]);
    clock.advanceSec(90);
    await askBoth();
    expect(asked).toEqual([A, B, B, A, B]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['empty text', ''],
    ['a number', 7],
    ['a list', [A]],
    ['an absurd length', `https://${'x'.repeat(2_048)}`],
  ])('does not happen for an iss that is %s', (_what, iss) => {
    const { issuers, asked } = tenants((name) => entry(name));
    expect(issuers.find({ iss } as never)).toBeUndefined();
    expect(issuers.find(Object.create({ iss: A }))).toBeUndefined();
    expect(asked).toEqual([]);
  });
});

describe('a resolver that finds no issuer', () => {
  it.each([
    ['undefined', () => undefined],
    ['null, as many a database client does', () => null as never],
    ['a promise of null', async () => null as never],
  ])('may answer %s, which is remembered, so that it is not asked again', async (_what, answer) => {
    const { issuers, asked } = tenants(answer);
    expect(await issuers.find({ iss: A })).toBeUndefined();
    expect(await issuers.find({ iss: A })).toBeUndefined();
    expect(asked).toEqual([A]);
  });
});

describe('a resolver that fails', () => {
  const fault = new Error('the database is down');
  it.each<[string, IssuerResolver]>([
    [
      'throws',
      () => {
        throw fault;
      },
    ],
    ['rejects', () => Promise.reject(fault)],
  ])('and %s causes an outage, which is not remembered', async (_what, failing) => {
    let down = true;
    const { issuers, asked } = tenants((iss, context) =>
      down ? failing(iss, context) : entry(iss),
    );
    const error = await refusalOf(() => issuers.find({ iss: A }));
    expect(error).toMatchObject({
      reason: 'issuer_unavailable',
      code: 'temporarily_unavailable',
      cause: fault,
    });
    down = false;
    expect((await found(issuers, A)).name).toBe(A);
    expect(asked).toEqual([A, A]);
  });

  it('fails every caller that waits', async () => {
    const { issuers } = tenants(() => Promise.reject(fault));
    const outcomes = [1, 2, 3].map(() => outcomeOf(() => issuers.find({ iss: A })));
    expect(await Promise.all(outcomes)).toEqual(Array(3).fill('issuer_unavailable'));
  });

  it('fails one tenant alone', async () => {
    const { issuers } = tenants(async (iss) => {
      if (iss === A) throw fault;
      return entry(iss);
    });
    expect(await outcomeOf(() => issuers.find({ iss: A }))).toBe('issuer_unavailable');
    expect((await found(issuers, B)).name).toBe(B);
  });

  it('to answer in time causes an outage, and its late answer is not used', async () => {
    let answerLate: (entry: IssuerEntry) => void = () => {};
    let signal: AbortSignal | undefined;
    const slow: IssuerResolver = (_iss, context) => {
      signal = context.signal;
      return new Promise((resolve) => {
        answerLate = resolve;
      });
    };
    const { issuers, asked } = tenants(slow, { timeoutMs: 1 });
    const error = await refusalOf(() => issuers.find({ iss: A }));
    expect(error).toMatchObject({ reason: 'issuer_unavailable', cause: { name: 'TimeoutError' } });
    expect(signal?.aborted).toBe(true);
    answerLate(entry(A));
    await refusalOf(() => issuers.find({ iss: A }));
    expect(asked).toEqual([A, A]);
  });

  it('to answer in time and rejects later causes no unhandled rejection', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    try {
      let rejectLate: (error: Error) => void = () => {};
      const slow = () =>
        new Promise<never>((_, reject) => {
          rejectLate = reject;
        });
      const { issuers } = tenants(slow, { timeoutMs: 1 });
      await refusalOf(() => issuers.find({ iss: A }));
      rejectLate(fault);
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).toEqual([]);
    } finally {
      process.off('unhandledRejection', note);
    }
  });
});

describe('a clock that is set back', () => {
  it('does not prolong the use of an answer, found or not', async () => {
    let answer: IssuerEntry | undefined = entry(A);
    const { issuers, clock, asked } = tenants((iss) => (iss === A ? answer : undefined));
    const before = await found(issuers, A);
    expect(issuers.find({ iss: B })).toBeUndefined();
    clock.advanceSec(-86_400);
    expect(issuers.isCurrent(before)).toBe(false);
    answer = undefined;
    expect(issuers.find({ iss: A })).toBeUndefined();
    expect(issuers.find({ iss: B })).toBeUndefined();
    expect(asked).toEqual([A, B, A, B]);
  });
});

describe('an answer that cannot be used is our outage, never another issuer’s policy', () => {
  it.each([
    ['another issuer', entry(B), TypeError],
    ['no audience', { ...entry(A), audience: undefined }, ConfigurationError],
    ['an empty audience', { ...entry(A), audience: [] }, ConfigurationError],
    ['a URL', A, ConfigurationError],
    [
      'no check instead of the audience',
      { ...entry(A), accepts: undefined, audienceClaim: 'absent', audience: undefined },
      ConfigurationError,
    ],
    [
      'a key set without a key',
      { ...entry(A), keys: { kind: 'static', jwks: { keys: [] } } },
      ConfigurationError,
    ],
  ])('%s', async (_what, answer, fault) => {
    for (const give of [() => answer, async () => answer]) {
      const { issuers } = tenants(give as IssuerResolver);
      const error = await refusalOf(() => issuers.find({ iss: A }));
      expect(error.reason).toBe('issuer_unavailable');
      expect(error.cause).toBeInstanceOf(fault);
    }
  });

  it('has an error that does not contain the iss of the token', async () => {
    const { issuers } = tenants(() => entry(B));
    const error = await refusalOf(() => issuers.find({ iss: 'https://sEcReT.example' }));
    expect(inspect(error)).not.toContain('sEcReT');
  });
});

describe('memory', () => {
  it('does not drop a known issuer, however many unknown ones are asked for', async () => {
    const { issuers, asked } = tenants(async (iss) => (iss === A ? entry(iss) : undefined), {
      maxIssuers: 2,
    });
    const known = await found(issuers, A);
    for (let index = 0; index < 100; index++)
      await issuers.find({ iss: `https://evil.example/${index}` });
    expect(await found(issuers, A)).toBe(known);
    expect(issuers.isCurrent(known)).toBe(true);
    expect(asked.filter((iss) => iss === A)).toHaveLength(1);
  });

  it('drops the issuer that was used longest ago, but does not close its keys for requests that wait', async () => {
    const { issuers } = tenants((iss) => entry(iss), { maxIssuers: 2 });
    const [a, b] = [await found(issuers, A), await found(issuers, B)];
    const closeA = vi.spyOn(a.keySet, 'close');
    const closeB = vi.spyOn(b.keySet, 'close');
    await found(issuers, B);
    await found(issuers, C);
    expect(closeA).not.toHaveBeenCalled();
    expect(closeB).not.toHaveBeenCalled();
    expect(issuers.isCurrent(a)).toBe(false);
    expect(issuers.isCurrent(b)).toBe(true);
  });

  it('counts a check for a cached token as use', async () => {
    const { issuers } = tenants((iss) => entry(iss), { maxIssuers: 2 });
    const a = await found(issuers, A);
    await found(issuers, B);
    issuers.isCurrent(a);
    await found(issuers, C);
    expect(issuers.isCurrent(a)).toBe(true);
  });

  it('limits how many made-up issuers are looked up and wait at a time; further ones cause an outage', async () => {
    const asked: string[] = [];
    const { issuers } = tenants((iss) => {
      asked.push(iss);
      return new Promise(() => {});
    });
    const outcomes = Array.from({ length: 128 + 1_024 + 1 }, (_, index) =>
      outcomeOf(() => issuers.find({ iss: `https://evil.example/${index}` })),
    );
    // The newest takes the place of the one that has waited longest.
    expect(await outcomes[128]).toBe('issuer_unavailable');
    expect(asked).toHaveLength(128);
    issuers.close();
    const refused = (await Promise.all(outcomes)).filter((each) => each === 'issuer_unavailable');
    expect(refused).toHaveLength(128 + 1_024 + 1);
  });

  it('lets a real tenant wait behind made-up ones, and then accepts it', async () => {
    const answers: (() => void)[] = [];
    const { issuers } = tenants(
      (iss) =>
        new Promise((resolve) => answers.push(() => resolve(iss === A ? entry(iss) : undefined))),
    );
    for (let index = 0; index < 200; index++) {
      void issuers.find({ iss: `https://evil.example/${index}` });
    }
    const honest = found(issuers, A);
    for (let index = 0; index <= 200; index++) {
      await vi.waitUntil(() => answers[index] !== undefined);
      answers[index]?.();
    }
    expect((await honest).name).toBe(A);
  });

  it('does not apply allowHttp to an issuer that the resolver returns', async () => {
    const options = resolveOptions({
      issuers: (iss) => ({ ...rfc9068(iss), audience: AUDIENCE }),
      allowHttp: ['tenant'],
    });
    const issuers = createIssuers(options);
    const error = await refusalOf(() => issuers.find({ iss: 'http://tenant/a' }));
    expect(error).toMatchObject({ reason: 'issuer_unavailable' });
    expect(error.cause).toBeInstanceOf(ConfigurationError);
  });

  it('still looks up known issuers again during such a flood', async () => {
    let flood = false;
    const { issuers, clock } = tenants(
      (iss) => (flood && iss !== A ? new Promise(() => {}) : Promise.resolve(entry(iss))),
      { foundForSec: 100 },
    );
    const before = await found(issuers, A);
    flood = true;
    for (let index = 0; index < 128; index++) {
      void outcomeOf(() => issuers.find({ iss: `https://evil.example/${index}` }));
    }
    clock.advanceSec(100);
    expect((await found(issuers, A)).keySet).toBe(before.keySet);
    issuers.close();
  });

  it('treats null as no such issuer, like undefined', async () => {
    const { issuers } = tenants(() => null);
    expect(await issuers.find({ iss: A })).toBeUndefined();
  });

  it('is closed with the keys of all issuers', async () => {
    const { issuers } = tenants((iss) => entry(iss));
    const closed = await Promise.all(
      [A, B].map(async (iss) => vi.spyOn((await found(issuers, iss)).keySet, 'close')),
    );
    issuers.close();
    for (const spy of closed) expect(spy).toHaveBeenCalledOnce();
  });

  it('keeps known issuers working after close, and looks up no unknown ones', async () => {
    const { issuers, asked } = tenants((iss) => (iss === C ? undefined : entry(iss)));
    const a = await found(issuers, A);
    expect(await issuers.find({ iss: C })).toBeUndefined();
    issuers.close();
    expect(await found(issuers, A)).toBe(a);
    expect(issuers.isCurrent(a)).toBe(true);
    expect(issuers.find({ iss: C })).toBeUndefined();
    expect(await outcomeOf(() => issuers.find({ iss: B }))).toBe('issuer_unavailable');
    expect(asked).toEqual([A, C]);
  });

  it('ends running questions on close', async () => {
    let signal: AbortSignal | undefined;
    const { issuers } = tenants((_iss, context) => {
      signal = context.signal;
      return new Promise(() => {});
    });
    const waiting = refusalOf(() => issuers.find({ iss: A }));
    issuers.close();
    expect(await waiting).toMatchObject({
      reason: 'issuer_unavailable',
      cause: { name: 'AbortError', message: 'The server was closed' },
    });
    expect(signal?.aborted).toBe(true);
  });

  it('leaves no timer after a question: answered, failed or closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { issuers } = tenants((iss) => {
        if (iss === A) return Promise.resolve(entry(iss));
        return iss === B ? Promise.reject(new Error('down')) : new Promise(() => {});
      });
      const questions = [A, B, C].map((iss) => outcomeOf(() => issuers.find({ iss })));
      expect(vi.getTimerCount()).toBe(3);
      await Promise.all(questions.slice(0, 2));
      expect(vi.getTimerCount()).toBe(1);
      issuers.close();
      await Promise.all(questions);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('an issuer that is looked up again', () => {
  function changing(first: IssuerEntry, second: IssuerEntry | undefined): Tenants {
    const answers = [first, second];
    return tenants(() => answers.shift(), { foundForSec: 100, unknownForSec: 10 });
  }

  it('keeps its keys when they are the same, and uses the new policy', async () => {
    const { issuers, clock } = changing(entry(A), entry(A, { audience: 'urn:new' }));
    const before = await found(issuers, A);
    const close = vi.spyOn(before.keySet, 'close');
    clock.advanceSec(100);
    expect(issuers.isCurrent(before)).toBe(false);
    const after = await found(issuers, A);
    expect(after.keySet).toBe(before.keySet);
    expect(close).not.toHaveBeenCalled();
    expect(after.policy.audience).toEqual(['urn:new']);
    expect(issuers.isCurrent(before)).toBe(false);
    expect(issuers.isCurrent(after)).toBe(true);
  });

  it('with other keys gets a new key set, and cached tokens do not rely on the old one', async () => {
    const keys = { kind: 'jwks', url: `${A}/jwks` };
    const { issuers, clock } = changing(entry(A), entry(A, { keys }));
    const before = await found(issuers, A);
    clock.advanceSec(100);
    const after = await found(issuers, A);
    expect(after.keySet).not.toBe(before.keySet);
    expect(issuers.isCurrent(before)).toBe(false);
    expect(issuers.isCurrent(after)).toBe(true);
  });

  it('with another keyUses for the same keys gets a new key set', async () => {
    const keys = { kind: 'jwks', url: `${A}/jwks` };
    const { issuers, clock } = changing(
      entry(A, { keys }),
      entry(A, { keys, keyUses: ['jwt-svid'] }),
    );
    const before = await found(issuers, A);
    clock.advanceSec(100);
    expect((await found(issuers, A)).keySet).not.toBe(before.keySet);
  });

  it('and is unknown now is refused, also for its cached tokens', async () => {
    const { issuers, clock } = changing(entry(A), undefined);
    const before = await found(issuers, A);
    clock.advanceSec(100);
    expect(await issuers.find({ iss: A })).toBeUndefined();
    expect(issuers.isCurrent(before)).toBe(false);
  });
});

describe('an entry that serves many issuers', () => {
  const many = {
    ...custom({ issuer: 'https://many.example.com', jwks, classify: () => 'user' }),
    audience: AUDIENCE,
    names: ({ iss, tid }: { iss?: string; tid?: unknown }) =>
      iss === `https://many.example.com/${tid}`,
  };
  const one = 'https://many.example.com/one';

  it('is found only for tokens for which its rule says yes', async () => {
    const { issuers } = tenants(() => many);
    expect(await issuers.find({ iss: one, tid: 'one' })).toMatchObject({
      provider: { preset: 'custom' },
    });
    expect(await issuers.find({ iss: one, tid: 'two' })).toBeUndefined();
    expect(await issuers.find({ iss: one })).toBeUndefined();
    expect(await issuers.find({ iss: 'https://evil.example', tid: 'one' })).toBeUndefined();
  });

  it('stays current for the iss with which it was found, until foundForSec is over', async () => {
    const { issuers, clock } = tenants(() => many, { foundForSec: 100 });
    const issuer = await issuers.find({ iss: one, tid: 'one' });
    if (issuer === undefined) return expect.unreachable();
    expect(issuers.isCurrent(issuer)).toBe(true);
    clock.advanceSec(100);
    expect(issuers.isCurrent(issuer)).toBe(false);
  });
});

describe('a resource server with a resolver', () => {
  it('verifies tokens of each tenant with that tenant’s keys, and answers from its cache', async () => {
    const keys = { [A]: generateTestKey('ES256', 'k'), [B]: generateTestKey('ES256', 'k') };
    const cached: boolean[] = [];
    const server = aResourceServer({
      issuers: async (iss) => {
        const key = iss === A || iss === B ? keys[iss] : undefined;
        return key && entry(iss, { keys: { kind: 'static', jwks: { keys: [key.publicJwk] } } });
      },
      onEvent: (event) => {
        if (event.type === 'request.authenticated') cached.push(event.cached);
      },
    });
    const token = (iss: string, key = keys[A]) => aToken({ iss }, { key });
    const good = token(A);
    expect(await server.verify(good)).toMatchObject({ issuer: A });
    expect(await server.verify(good)).toMatchObject({ issuer: A });
    expect(cached).toEqual([false, true]);
    expect(await outcomeOf(() => server.verify(token(B)))).toBe('signature_invalid');
    expect(await outcomeOf(() => server.verify(token(B, keys[B])))).toBe('accepted');
    expect(await outcomeOf(() => server.verify(token(C)))).toBe('issuer_unknown');
  });

  it('applies a changed or removed tenant to cached tokens, too', async () => {
    const clock = aClock();
    let answer: IssuerEntry | undefined = entry(A);
    const server = aResourceServer({ issuers: () => answer, clock });
    const token = aToken({ iss: A, exp: 1_900_000_000 });
    expect(await outcomeOf(() => server.verify(token))).toBe('accepted');
    answer = entry(A, { audience: 'urn:new' });
    clock.advanceSec(600);
    expect(await outcomeOf(() => server.verify(token))).toBe('audience_mismatch');
    answer = undefined;
    clock.advanceSec(600);
    expect(await outcomeOf(() => server.verify(token))).toBe('issuer_unknown');
  });

  it('is ready without asking for any tenant, because it does not know them', async () => {
    const { issuers, asked } = tenants((iss) => entry(iss));
    await issuers.ready();
    expect(asked).toEqual([]);
    await expect(issuers.ready(AbortSignal.abort('too late'))).rejects.toBe('too late');
  });
});
