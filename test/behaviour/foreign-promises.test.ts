import {
  type AudienceProvider,
  allOf,
  authorizationDetail,
  claim,
  isAuthError,
  type KeySnapshotStore,
  type Principal,
  type Requirement,
  type ResourceServer,
} from '@authly/core';
import { authly, custom, rfc9068 } from '@authly/core/providers';
import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  IssuanceError,
  type IssuerOptions,
  memoryClientStore,
} from '@authly/issuer';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { foreignPromises, unreadablePromise } from '../support/foreign-promises.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aUserToken, ISSUER, issuer } from '../support/tokens.ts';

// Every function of the operator may give a promise, as asked or by mistake, and it may be any thenable, not only
// a `Promise` of this realm. A rejection must never end the process.

const FAULT = new Error('a database is down');

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);
beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(async () => {
  // Node reports unhandled rejections before immediates run. The second turn is for promises of promises.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

async function outcomeOf(server: ResourceServer<unknown>, claims: object = {}): Promise<string> {
  try {
    await server.verify(aUserToken({ ...claims }));
    return 'accepted';
  } catch (error) {
    return isAuthError(error) ? error.reason : `no AuthError: ${error}`;
  }
}

/** A hook that always gives this answer. */
type Answer = () => PromiseLike<never>;

const rejections: readonly (readonly [string, Answer])[] = [
  ...foreignPromises.map(({ name, rejected }) => [name, () => rejected(FAULT)] as const),
  ['an object whose `then` cannot be read', () => unreadablePromise(FAULT)],
];
const resolutions = foreignPromises.map(({ name, resolved }) => [name, resolved] as const);

function aCustom(options: object): AudienceProvider {
  return custom({ issuer: ISSUER, jwks: issuer.jwks, classify: () => 'user', ...options });
}

const handMade = (changes: object): AudienceProvider => ({
  ...rfc9068({ issuer: ISSUER, jwks: issuer.jwks }),
  ...changes,
});

/** Hooks that must not give a promise: if one does, the token is refused. */
const SYNCHRONOUS: readonly (readonly [string, (answer: Answer) => AudienceProvider, string])[] = [
  ['classify of custom()', (classify) => aCustom({ classify }), 'principal_ambiguous'],
  ['userId of custom()', (userId) => aCustom({ userId }), 'principal_ambiguous'],
  ['scopes of custom()', (scopes) => aCustom({ scopes }), 'claim_malformed'],
  ['permissions of custom()', (permissions) => aCustom({ permissions }), 'claim_malformed'],
  ['roles of custom()', (roles) => aCustom({ roles }), 'claim_malformed'],
  ['groups of custom()', (groups) => aCustom({ groups }), 'claim_malformed'],
  ['tenant of custom()', (tenant) => aCustom({ tenant }), 'claim_malformed'],
  ['accepts of custom()', (accepts) => aCustom({ accepts }), 'type_not_accepted'],
  ['classify of a provider', (classify) => handMade({ classify }), 'principal_ambiguous'],
  ['names of a provider', (names) => handMade({ names }), 'issuer_unknown'],
  ['keyServes of a provider', (keyServes) => handMade({ keyServes }), 'key_unknown'],
];

describe.each(SYNCHRONOUS)('%s, which must not give a promise', (_hook, provider, reason) => {
  it.each(rejections)('refuses the token when it gives %s', async (_kind, answer) => {
    expect(await outcomeOf(aResourceServer({ issuer: provider(answer) }))).toBe(reason);
  });

  it.each(resolutions)(
    'refuses the token also when %s resolves to yes',
    async (_kind, resolved) => {
      const server = aResourceServer({ issuer: provider(() => resolved(true)) });
      expect(await outcomeOf(server)).toBe(reason);
    },
  );
});

const DETAILS = { authorization_details: [{ type: 'payment' }] };

const REQUIREMENTS: readonly (readonly [string, (answer: Answer) => Requirement, string])[] = [
  [
    'the test of claim()',
    (answer) => claim(answer as never, 'plan'),
    'The test of claim(…, "plan") answered with a promise',
  ],
  [
    'the test of authorizationDetail()',
    (answer) => authorizationDetail('payment', answer as never),
    'The test of authorizationDetail("payment", …) answered with a promise',
  ],
  [
    'evaluate of a requirement of the application’s own',
    (evaluate) => ({ description: 'own', scopes: [], evaluate: evaluate as never }),
    'The requirement "own" answered with a promise',
  ],
];

describe.each(REQUIREMENTS)('%s, which must not give a promise', (_hook, requirement, mistake) => {
  it.each([
    ...rejections,
    ...resolutions.map(([kind, resolved]) => [kind, () => resolved(true)] as const),
  ])('causes an error about the application’s mistake for %s', async (_kind, answer) => {
    const server = aResourceServer();
    const principal: Principal<unknown> = await server.verify(aUserToken(DETAILS));
    const needed = requirement(answer);
    for (const each of [needed, allOf(needed)]) {
      expect(() => server.evaluate(principal, each)).toThrow(mistake);
    }
  });
});

describe('onEvent', () => {
  it.each([
    ...rejections,
    ...resolutions.map(([kind, resolved]) => [kind, () => resolved(1)] as const),
  ])('changes no request by giving %s', async (_kind, answer) => {
    expect(await outcomeOf(aResourceServer({ onEvent: answer as never }))).toBe('accepted');
  });
});

describe('a resolver of issuers', () => {
  const entry = { ...rfc9068({ issuer: ISSUER, jwks: issuer.jwks }), audience: AUDIENCE };

  it.each(resolutions)('is awaited when it gives %s', async (_kind, resolved) => {
    expect(await outcomeOf(aResourceServer({ issuers: () => resolved(entry) }))).toBe('accepted');
    const none = aResourceServer({ issuers: () => resolved(null) });
    expect(await outcomeOf(none)).toBe('issuer_unknown');
  });

  it.each(rejections)('causes an outage when it rejects with %s', async (_kind, answer) => {
    expect(await outcomeOf(aResourceServer({ issuers: answer }))).toBe('issuer_unavailable');
  });
});

describe('a claims schema', () => {
  const schema = (validate: (claims: unknown) => PromiseLike<never>) =>
    ({ '~standard': { version: 1, vendor: 'test', validate } }) as never;

  it.each(resolutions)('is awaited when it gives %s', async (_kind, resolved) => {
    const good = aResourceServer({ claims: schema((value) => resolved({ value })) });
    expect(await outcomeOf(good)).toBe('accepted');
    const bad = aResourceServer({ claims: schema(() => resolved({ issues: [] })) });
    expect(await outcomeOf(bad)).toBe('claims_rejected');
  });

  it.each(rejections)('causes an outage when it rejects with %s', async (_kind, answer) => {
    expect(await outcomeOf(aResourceServer({ claims: schema(answer) }))).toBe(
      'claims_check_failed',
    );
  });
});

describe('fetch and the store of key snapshots', () => {
  const remote = rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` });
  const answered = () => new Response(JSON.stringify(issuer.jwks));
  const noStore: KeySnapshotStore = { load: async () => undefined, save: async () => {} };

  it.each(resolutions)('fetch is awaited when it gives %s', async (_kind, resolved) => {
    const server = aResourceServer({
      issuer: remote,
      fetch: (() => resolved(answered())) as never,
    });
    expect(await outcomeOf(server)).toBe('accepted');
  });

  it.each(rejections)('fetch causes an outage when it rejects with %s', async (_kind, answer) => {
    const server = aResourceServer({ issuer: remote, fetch: answer as never });
    expect(await outcomeOf(server)).toBe('keys_unavailable');
  });

  it.each(rejections)('a store that rejects with %s changes no request', async (_kind, answer) => {
    const fetch = (async () => answered()) as never;
    for (const part of [{ load: answer as never }, { save: answer as never }]) {
      const keySnapshots = { ...noStore, ...part };
      expect(await outcomeOf(aResourceServer({ issuer: remote, fetch, keySnapshots }))).toBe(
        'accepted',
      );
    }
  });

  it.each(resolutions)('a snapshot is used when it comes by %s', async (_kind, resolved) => {
    const stored = {
      version: 1,
      issuer: ISSUER,
      fetchedAtMs: 1_800_000_000_000,
      keys: issuer.jwks.keys,
    };
    const down = (() => Promise.reject(FAULT)) as never;
    const keySnapshots: KeySnapshotStore = { ...noStore, load: () => resolved(stored) as never };
    const server = aResourceServer({ issuer: remote, fetch: down, keySnapshots });
    expect(await outcomeOf(server)).toBe('accepted');
  });
});

describe('the hooks of an issuer', async () => {
  const key = await generateSigningKey('ES256');
  const { secret, hash } = generateClientSecret();
  const client = { clientId: 'sync', secretHashes: [hash], scopes: [], audiences: [AUDIENCE] };
  const credentials = {
    clientId: 'sync',
    clientSecret: secret,
    method: 'client_secret_basic',
  } as const;

  const grantBy = (options: Partial<IssuerOptions>) =>
    createIssuer({
      issuer: ISSUER,
      keys: [key],
      clients: memoryClientStore([client]),
      ...options,
    }).clientCredentials.grant({ credentials });

  it.each(rejections)('onEvent changes no grant by giving %s', async (_kind, answer) => {
    await expect(grantBy({ onEvent: answer })).resolves.toHaveProperty('accessToken');
  });

  it.each(rejections)(
    'a client store that rejects with %s causes an outage',
    async (_kind, answer) => {
      const clients = { find: answer as never };
      await expect(grantBy({ clients })).rejects.toMatchObject({ reason: 'clients_unavailable' });
    },
  );

  it.each(resolutions)('a client store may give %s', async (_kind, resolved) => {
    const clients = { find: () => resolved(client) as never };
    await expect(grantBy({ clients })).resolves.toHaveProperty('accessToken');
  });

  it.each(rejections)('newTokenId may not give %s', async (_kind, answer) => {
    await expect(grantBy({ newTokenId: answer as never })).rejects.toEqual(
      new IssuanceError('token_id_invalid'),
    );
  });

  it.each(resolutions)('a claims schema may give %s', async (_kind, resolved) => {
    const validate = (value: unknown) => resolved({ value });
    const claims = { '~standard': { version: 1, vendor: 'test', validate } } as never;
    await expect(grantBy({ claims })).resolves.toHaveProperty('accessToken');
  });

  it.each(rejections)(
    'a claims schema that rejects with %s makes no token',
    async (_kind, answer) => {
      const claims = { '~standard': { version: 1, vendor: 'test', validate: answer } } as never;
      await expect(grantBy({ claims })).rejects.toBe(FAULT);
    },
  );
});

it('a token of this issuer is accepted by its preset, so the tests above have a meaning', async () => {
  const preset = authly({ issuer: ISSUER, jwks: issuer.jwks });
  const user = { sub_type: 'user' };
  expect(await outcomeOf(aResourceServer({ issuer: preset }), user)).toBe('accepted');
});
