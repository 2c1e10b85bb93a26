import { describe, expect, it } from 'vitest';
import { custom } from '../../../src/providers/index.ts';
import { API, NO_KEYS } from '../token-table.ts';

const claims = { sub: 'dana', client_id: 'web', aud: API };

function classifyWith(verdict: unknown, options: object = {}) {
  const { classify } = Reflect.apply(custom, undefined, [
    { issuer: 'https://as.acme.com', jwks: NO_KEYS, classify: () => verdict, ...options },
  ]);
  return classify(claims, {});
}

describe('a verdict of the operator', () => {
  it('takes the ids from the claims', () => {
    expect(classifyWith('user')).toMatchObject({ kind: 'user', userId: 'dana', clientId: 'web' });
    expect(classifyWith('client')).toMatchObject({ kind: 'client', clientId: 'web' });
  });

  it('takes the ids from readers of the operator', () => {
    const readers = { userId: () => 'u-1', clientId: () => 'c-1' };
    expect(classifyWith('user', readers)).toMatchObject({ userId: 'u-1', clientId: 'c-1' });
    expect(classifyWith('client', readers)).toMatchObject({ clientId: 'c-1' });
    expect(classifyWith('user', { userId: () => '' }).kind).toBe('unknown');
    expect(classifyWith('client', { clientId: () => 7 }).kind).toBe('unknown');
  });

  it('may contain the ids', () => {
    expect(classifyWith({ kind: 'user', userId: 'u-2' })).toMatchObject({
      kind: 'user',
      userId: 'u-2',
      clientId: undefined,
    });
    expect(classifyWith({ kind: 'user', userId: 'u-2', clientId: 'c-2' })).toMatchObject({
      clientId: 'c-2',
    });
    expect(classifyWith({ kind: 'client', clientId: 'c-2' })).toMatchObject({ clientId: 'c-2' });
    expect(classifyWith({ kind: 'client', clientId: 'c-2', agent: true })).toMatchObject({
      clientId: 'c-2',
      agent: true,
    });
    expect(classifyWith({ kind: 'client', clientId: 'c-2', agent: 'yes' })).not.toHaveProperty(
      'agent',
    );
  });

  it.each([
    'refuse',
    { kind: 'refuse' },
    undefined,
    null,
    true,
    '',
    'User',
    'admin',
    {},
    [],
    ['user'],
    { kind: 'user' },
    { kind: 'user', userId: '' },
    { kind: 'user', userId: 7 },
    { kind: 'user', userId: 'u', clientId: '' },
    { kind: 'client' },
    { kind: 'client', userId: 'u' },
    { kind: 'admin', userId: 'u' },
    Object.create({ kind: 'user', userId: 'u' }),
    () => 'user',
  ])('of another shape refuses the token: %j', (verdict) => {
    expect(classifyWith(verdict).kind).toBe('unknown');
  });

  it('refuses the token if it is a promise, and the rejection of the promise does not end the process', async () => {
    expect(classifyWith(Promise.resolve('user')).kind).toBe('unknown');
    expect(classifyWith(Promise.reject(new Error('database'))).kind).toBe('unknown');
    // An unhandled rejection would fail the run at the end of this turn.
    await new Promise((resolve) => setImmediate(resolve));
  });

  it('is made from own claims and headers only', () => {
    const polluted = { caller_type: 'human', toString: undefined };
    const { classify } = custom({
      issuer: 'https://as.acme.com',
      jwks: NO_KEYS,
      classify: ({ caller_type: type, toString: text }, { caller_type: headerType }) =>
        type === 'human' || headerType === 'human' || text !== undefined ? 'user' : 'refuse',
    });
    const inherited = Object.assign(Object.create(polluted), claims);
    expect(classify(inherited, Object.create(polluted)).kind).toBe('unknown');
    expect(classify(claims, {}).kind).toBe('unknown');
    expect(classify({ ...claims, caller_type: 'human' }, {}).kind).toBe('user');
  });

  it('is not changed by a claim with the name __proto__', () => {
    const { classify } = custom({
      issuer: 'https://as.acme.com',
      jwks: NO_KEYS,
      classify: ({ caller_type: type }) => (type === 'human' ? 'user' : 'refuse'),
    });
    const claim = JSON.parse('{"sub":"dana","__proto__":{"caller_type":"human"}}');
    expect(classify(claim, {}).kind).toBe('unknown');
  });

  it('that throws is not caught: the pipeline calls it an outage', () => {
    const { classify } = custom({
      issuer: 'https://as.acme.com',
      jwks: NO_KEYS,
      classify: () => {
        throw new Error('database');
      },
    });
    expect(() => classify(claims, {})).toThrow('database');
  });
});

describe('the rule, as explain shows it', () => {
  it.each([
    ['refuse', 'the configured classify function refuses the token'],
    [{ kind: 'refuse' }, 'the configured classify function refuses the token'],
    ['admin', 'the configured classify function gave no verdict'],
    [{ kind: 'admin' }, 'the configured classify function gave no verdict'],
    ['user', 'the configured classify function says user'],
    ['client', 'the configured classify function says client'],
    [{ kind: 'client', clientId: 'c', agent: true }, /says client, an agent$/],
  ])('for the verdict %j says what the function answered', (verdict, rule) => {
    expect(classifyWith(verdict).rule).toMatch(rule);
  });
});

describe('a custom provider', () => {
  it('checks what it is configured to check in addition to aud', () => {
    const provider = custom({
      issuer: 'https://as.acme.com',
      jwks: NO_KEYS,
      classify: () => 'client',
      accepts: ({ token_use: use }, { cat }) => use === 'access' && cat === 'at',
    });
    expect(provider.accepts?.({ ...claims, token_use: 'access' }, { cat: 'at' })).toBe(true);
    expect(provider.accepts?.({ ...claims, token_use: 'id' }, { cat: 'at' })).toBe(false);
    expect(provider.accepts?.({ ...claims, token_use: 'access' }, { cat: 'id' })).toBe(false);
  });

  it('removes application/ only from the beginning of a type', () => {
    const types = { accepted: ['x/application/own'], optional: false };
    const provider = custom({ issuer: 'a', jwks: NO_KEYS, classify: () => 'user', types });
    expect(provider.types.accepted).toEqual(['x/application/own']);
  });

  it('uses every rule and every reader that is configured', () => {
    const provider = custom({
      issuer: 'https://as.acme.com',
      jwks: NO_KEYS,
      classify: () => 'user',
      types: { accepted: ['application/Own+JWT'], optional: true },
      requiredClaims: ['jti'],
      algorithms: ['ES512'],
      scopes: () => ['own'],
      permissions: () => ['p'],
      roles: () => ['r'],
      groups: () => ['g'],
      tenant: () => 't',
      accepts: () => true,
    });
    expect(provider).toMatchObject({
      audienceClaim: 'required',
      types: { accepted: ['own+jwt'], optional: true },
      requiredClaims: ['jti'],
      algorithms: ['ES512'],
    });
    const { authority } = provider;
    expect(authority.scopes({}, {})).toEqual(['own']);
    expect(authority.permissions?.({})).toEqual(['p']);
    expect(authority.roles?.({})).toEqual(['r']);
    expect(authority.groups?.({})).toEqual(['g']);
    expect(authority.tenant?.({})).toBe('t');
  });

  it('calls accepts for tokens without aud', () => {
    const provider = custom({
      issuer: 'https://as.acme.com',
      jwks: NO_KEYS,
      classify: () => 'client',
      audienceClaim: 'absent',
      accepts: ({ client_id }) => client_id === 'web',
    });
    expect(provider.audienceClaim).toBe('absent');
    expect(provider.accepts?.({ client_id: 'web' }, {})).toBe(true);
    expect(provider.accepts?.({ client_id: 'other' }, {})).toBe(false);
    expect(provider.accepts?.(claims, {})).toBe(false);
  });
});
