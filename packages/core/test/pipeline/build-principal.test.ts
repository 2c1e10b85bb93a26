import { describe, expect, it } from 'vitest';
import { AUDIENCE, GOOD_CLAIMS, ISSUER, NOW } from '../../../../test/support/tokens.ts';
import type { Principal, TokenClaims } from '../../src/model/principal.ts';
import { buildPrincipal } from '../../src/pipeline/build-principal.ts';
import { custom } from '../../src/providers/custom.ts';
import type { Classification, Provider } from '../../src/providers/provider.ts';

const provider = custom({ issuer: ISSUER, classify: () => 'user' });
const user: Classification = { kind: 'user', userId: 'ada', clientId: 'web-app', rule: 'test' };
const client: Classification = { kind: 'client', clientId: 'nightly-sync', rule: 'test' };

interface Changes {
  readonly provider?: Provider;
  readonly classification?: unknown;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly readable?: object;
}

function build(changes: Changes = {}): ReturnType<typeof buildPrincipal> {
  const claims = { ...GOOD_CLAIMS, ...changes.claims };
  const { classification = user } = changes;
  return buildPrincipal(
    changes.provider ?? provider,
    classification as Classification,
    claims,
    { alg: 'ES256' },
    changes.readable ?? claims,
  );
}

function built(changes: Changes = {}): Principal {
  const principal = build(changes);
  return 'reason' in principal ? expect.unreachable(principal.reason) : principal;
}

function withReader(name: string, reader: (claims: TokenClaims) => unknown): Provider {
  return { ...provider, authority: { ...provider.authority, [name]: reader } };
}

describe('a user', () => {
  it('has a user id, and the client that the user uses', () => {
    expect(built()).toEqual({
      kind: 'user',
      userId: 'ada',
      clientId: 'web-app',
      key: 'user:https%3A%2F%2Fas.example.com:ada',
      issuer: ISSUER,
      audience: [AUDIENCE],
      scopes: ['read:users', 'write:users'],
      permissions: [],
      roles: [],
      groups: [],
      tenant: undefined,
      actor: undefined,
      authentication: { acr: undefined, amr: [], time: undefined },
      confirmation: undefined,
      sessionId: undefined,
      source: 'jwt',
      tokenId: 'token-1',
      issuedAt: NOW,
      expiresAt: NOW + 600,
      claims: GOOD_CLAIMS,
    });
  });
});

describe('a client', () => {
  it('has a client id and no user id, whatever its sub', () => {
    const principal = built({ classification: client });
    expect(principal).toMatchObject({
      kind: 'client',
      clientId: 'nightly-sync',
      subject: 'ada',
      agent: false,
      key: 'client:https%3A%2F%2Fas.example.com:nightly-sync',
    });
    expect(principal).not.toHaveProperty('userId');
    expect(principal).not.toHaveProperty('sub');
  });
});

describe('an agent', () => {
  it('is a client if the preset says so, with the account that it uses as subject', () => {
    const classification = { ...client, agent: true, subject: 'account-7' };
    expect(built({ classification })).toMatchObject({
      kind: 'client',
      clientId: 'nightly-sync',
      agent: true,
      subject: 'account-7',
      key: 'client:https%3A%2F%2Fas.example.com:nightly-sync',
    });
    expect(built({ classification: { ...client, agent: 'yes' } })).toMatchObject({ agent: false });
    expect(
      built({ classification: Object.assign(Object.create({ agent: true }), client) }),
    ).toEqual(built({ classification: client }));
  });

  it('that acts for a user is the actor that the preset gives', () => {
    const actor = { clientId: 'copilot', profile: 'agent' };
    expect(built({ classification: { ...user, actor } })).toMatchObject({
      kind: 'user',
      userId: 'ada',
      actor: { clientId: 'copilot', profile: 'agent', subject: undefined, previous: [] },
    });
    const inherited = Object.assign(Object.create({ actor }), user);
    expect(built({ classification: inherited }).actor).toBeUndefined();
  });

  it('in act has the profile that the provider documents', () => {
    const profiled: Provider = {
      ...provider,
      actorProfile: ({ ai }) => (ai ? 'agent' : 'service'),
    };
    const claims = { act: { sub: 'bot', ai: true } };
    expect(built({ provider: profiled, claims }).actor?.profile).toBe('agent');
    expect(built({ claims }).actor?.profile).toBe('unknown');
  });
});

describe('the key', () => {
  // Applications store rows under this key, so its format must never change.
  it.each([
    ['user', 'ada', {}, 'user:https%3A%2F%2Fas.example.com:ada'],
    ['client', 'ada', {}, 'client:https%3A%2F%2Fas.example.com:ada'],
    ['user', 'auth0|5f7c8ec7', {}, 'user:https%3A%2F%2Fas.example.com:auth0%7C5f7c8ec7'],
    ['user', 'a:b/c%d e', {}, 'user:https%3A%2F%2Fas.example.com:a%3Ab%2Fc%25d%20e'],
    ['user', 'Zoë 😀', {}, 'user:https%3A%2F%2Fas.example.com:Zo%C3%AB%20%F0%9F%98%80'],
    ['user', "-_.!~*'()", {}, "user:https%3A%2F%2Fas.example.com:-_.!~*'()"],
    ['user', 'ada', { name: 'acme' }, 'user:acme:ada'],
    ['user', 'ada', { name: 'a:b' }, 'user:a%3Ab:ada'],
    ['user', 'ada', { keyId: 'tid.oid' }, 'user:https%3A%2F%2Fas.example.com:tid.oid'],
    ['client', 'app', { name: 'acme', keyId: 't/app' }, 'client:acme:t%2Fapp'],
  ])(
    'of the %s %j with %j is frozen',
    (kind, id, { name, keyId }: { name?: string; keyId?: string }, key) => {
      const ids = kind === 'user' ? { userId: id, clientId: undefined } : { clientId: id };
      const classification = {
        kind,
        ...ids,
        ...(keyId === undefined ? {} : { keyId }),
        rule: 'test',
      };
      const named = name === undefined ? provider : { ...provider, name };
      expect(built({ provider: named, classification }).key).toBe(key);
    },
  );

  it('has the token’s own iss if one entry is for many issuers', () => {
    expect(built({ claims: { iss: 'https://t1' } }).key).toBe('user:https%3A%2F%2Ft1:ada');
  });

  it('is different for callers whose parts, put together, are the same text', () => {
    const keyOf = (name: string, userId: string) =>
      built({ provider: { ...provider, name }, classification: { ...user, userId } }).key;
    expect(keyOf('a', 'b:c')).not.toBe(keyOf('a:b', 'c'));
    expect(keyOf('a%3A', 'b')).not.toBe(keyOf('a:', 'b'));
  });

  it('cannot be made from text that UTF-8 cannot encode', () => {
    for (const userId of ['\ud800', 'a\udfffb']) {
      expect(build({ classification: { ...user, userId } })).toMatchObject({
        reason: 'claim_malformed',
      });
    }
    expect(build({ claims: { iss: '\ud800' } })).toMatchObject({ reason: 'claim_malformed' });
  });
});

describe('a caller that is not clearly a user or a client is refused', () => {
  it.each([
    ['unknown', { kind: 'unknown', rule: 'test' }],
    ['no kind', { rule: 'test', userId: 'ada' }],
    ['another kind', { ...user, kind: 'admin' }],
    ['the kind in another case', { ...user, kind: 'User' }],
    ['a list of kinds', { ...user, kind: ['user'] }],
    ['a promise', Promise.resolve(user)],
    ['a user without id', { ...user, userId: undefined }],
    ['a user with an empty id', { ...user, userId: '' }],
    ['a user with a number for an id', { ...user, userId: 7 }],
    ['a client without id', { ...client, clientId: undefined }],
    ['a client with an empty id', { ...client, clientId: '' }],
    ['a client with an object for an id', { ...client, clientId: { a: 1 } }],
    ['a client that has the id of a user alone', { kind: 'client', userId: 'ada', rule: 'test' }],
    ['an empty key id', { ...user, keyId: '' }],
    ['a key id of another type', { ...user, keyId: 7 }],
  ])('%s', (_what, classification) => {
    expect(build({ classification })).toEqual({ reason: 'principal_ambiguous' });
  });
});

describe('what a caller may do (the authority)', () => {
  it('is read by the provider’s functions', () => {
    const readers = { permissions: ['p'], roles: ['r'], groups: ['g'] };
    let own: Provider = withReader('tenant', () => 't');
    for (const [name, value] of Object.entries(readers)) {
      own = { ...own, authority: { ...own.authority, [name]: () => value } };
    }
    expect(built({ provider: own })).toMatchObject({ ...readers, tenant: 't' });
  });

  it.each(['scopes', 'permissions', 'roles', 'groups'])(
    '%s must be a list of strings, or the token is refused',
    (name) => {
      // A string would also have `includes`, and would match parts of itself.
      for (const value of ['superadmin', 7, true, {}, { includes: () => true }, [7], ['a', null]]) {
        expect(build({ provider: withReader(name, () => value) })).toEqual({
          reason: 'claim_malformed',
          claim: name,
        });
      }
    },
  );

  it.each(['permissions', 'roles', 'groups'])(
    '%s are empty when the provider’s function gives nothing',
    (name) => {
      for (const value of [undefined, null, []]) {
        expect(built({ provider: withReader(name, () => value) })).toHaveProperty(name, []);
      }
    },
  );

  it('the token is refused if its scopes cannot be read', () => {
    expect(build({ provider: withReader('scopes', () => undefined) })).toMatchObject({
      reason: 'claim_malformed',
    });
  });

  it('the tenant must be a string or undefined', () => {
    for (const value of [7, ['t'], {}, true]) {
      expect(build({ provider: withReader('tenant', () => value) })).toEqual({
        reason: 'claim_malformed',
        claim: 'tenant',
      });
    }
    expect(built({ provider: withReader('tenant', () => null) }).tenant).toBeUndefined();
  });

  it('an error of the provider’s function is not caught', () => {
    const fault = new Error('a bug');
    const broken = withReader('roles', () => {
      throw fault;
    });
    expect(() => build({ provider: broken })).toThrow(fault);
  });
});

describe('the other members of a principal', () => {
  it('are read by type, and never converted', () => {
    const claims = { acr: 7, auth_time: '1', amr: 'pwd', act: 'bot', cnf: 'x', sid: 7 };
    expect(built({ claims })).toMatchObject({
      authentication: { acr: undefined, amr: [], time: undefined },
      actor: { subject: undefined, clientId: undefined, profile: 'unknown' },
      confirmation: undefined,
      sessionId: undefined,
    });
    expect(built({ claims: { amr: ['pwd', 7] } }).authentication.amr).toEqual([]);
  });

  it('include authentication, actor, confirmation and session', () => {
    const claims = {
      acr: 'high',
      auth_time: NOW - 60,
      amr: ['pwd', 'otp'],
      act: { sub: 'bot' },
      cnf: { jkt: 'x' },
      sid: 'session-1',
    };
    expect(built({ claims })).toMatchObject({
      kind: 'user',
      authentication: { acr: 'high', amr: ['pwd', 'otp'], time: NOW - 60 },
      actor: { subject: 'bot' },
      confirmation: { jkt: 'x' },
      sessionId: 'session-1',
      source: 'jwt',
    });
  });

  it('may be undefined', () => {
    const claims = { aud: undefined, jti: undefined, iat: undefined, sub: undefined };
    const bare = Object.fromEntries(
      Object.entries({ ...GOOD_CLAIMS, ...claims }).filter(([, value]) => value !== undefined),
    );
    const principal = buildPrincipal(provider, client, bare, {}, bare);
    expect(principal).toMatchObject({
      audience: [],
      subject: undefined,
      tokenId: undefined,
      issuedAt: undefined,
    });
  });

  it('are not read from a prototype', () => {
    const inherited = {
      acr: 'high',
      act: { sub: 'bot' },
      cnf: {},
      sid: 'x',
      jti: 'x',
      iat: 7,
      aud: 'urn:x',
    };
    const claims: TokenClaims = Object.assign(Object.create(inherited), { exp: NOW });
    expect(buildPrincipal(provider, user, claims, {}, claims)).toMatchObject({
      audience: [],
      authentication: { acr: undefined },
      actor: undefined,
      confirmation: undefined,
      sessionId: undefined,
      tokenId: undefined,
      issuedAt: undefined,
      issuer: ISSUER,
    });
  });
});

describe('a principal', () => {
  it('is frozen, with every list in it', () => {
    const principal = built({ claims: { aud: AUDIENCE, amr: ['pwd'] } });
    const { audience, scopes, permissions, roles, groups, authentication } = principal;
    for (const each of [principal, audience, scopes, permissions, roles, groups, authentication]) {
      expect(Object.isFrozen(each)).toBe(true);
    }
  });

  it('has the output of the claims schema as claims, and reads nothing else from it', () => {
    const readable = { sub: 'eve', scope: 'admin', act: { sub: 'eve' } };
    const principal = built({ readable });
    expect(principal.claims).toBe(readable);
    expect(principal).toMatchObject({
      userId: 'ada',
      scopes: ['read:users', 'write:users'],
      actor: undefined,
    });
  });
});

describe('a polluted prototype', () => {
  it('does not change the key: callers keep different keys', () => {
    Object.defineProperty(Object.prototype, 'keyId', { value: 'root', configurable: true });
    const keys = [built().key, built({ classification: client }).key];
    Reflect.deleteProperty(Object.prototype, 'keyId');
    expect(keys).toEqual([
      'user:https%3A%2F%2Fas.example.com:ada',
      'client:https%3A%2F%2Fas.example.com:nightly-sync',
    ]);
  });
});

describe('an async function of the provider', () => {
  it.each(['scopes', 'permissions', 'roles', 'groups', 'tenant'])(
    'for %s refuses the token, and its rejection is ignored',
    async (name) => {
      const unhandled: unknown[] = [];
      const note = (reason: unknown) => unhandled.push(reason);
      process.on('unhandledRejection', note);
      const rejecting = withReader(name, () => Promise.reject(new Error('late')));
      expect(build({ provider: rejecting })).toMatchObject({ reason: 'claim_malformed' });
      await new Promise((resolve) => setImmediate(resolve));
      process.off('unhandledRejection', note);
      expect(unhandled).toEqual([]);
    },
  );
});
