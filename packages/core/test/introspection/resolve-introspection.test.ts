import { describe, expect, it } from 'vitest';
import { ISSUER, jwks } from '../../../../test/support/tokens.ts';
import { anonymous, clientSecretBasic } from '../../src/introspection/client-authentication.ts';
import type { IntrospectionOptions } from '../../src/introspection/options.ts';
import { resolveIntrospection } from '../../src/introspection/resolve-introspection.ts';
import { auth0 } from '../../src/providers/auth0.ts';
import { authly } from '../../src/providers/authly.ts';
import { custom } from '../../src/providers/custom.ts';
import { hydra } from '../../src/providers/hydra.ts';
import { keycloak } from '../../src/providers/keycloak.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';
import { spring } from '../../src/providers/spring.ts';

const provider = rfc9068({ issuer: ISSUER, jwks });
const client = clientSecretBasic('api', 'secret');
const resolve = (options: object, by = provider) =>
  resolveIntrospection(by, options as IntrospectionOptions);
const store = { get: async () => undefined, set: async () => {} };
const secrets = ['x'.repeat(32)] as const;

describe('options of introspection', () => {
  it('have defaults', () => {
    expect(resolve({ client })).toEqual({
      rule: provider.introspected,
      source: { kind: 'endpoint', client, endpoint: undefined, signed: false },
      jwts: 'local',
      matches: undefined,
      isAudienceRequired: true,
      cache: {
        activeForMs: 30_000,
        inactiveForMs: 5_000,
        inactiveEntries: 10_000,
        shared: undefined,
      },
      timeoutMs: 3_000,
      maxConcurrent: 64,
    });
  });

  it('are used as they are given', () => {
    const matches = () => true;
    const resolved = resolve({
      client: anonymous(),
      endpoint: 'http://127.0.0.1:4445/introspect',
      signed: true,
      jwts: 'confirm',
      audience: 'trusted',
      matches,
      timeoutMs: 50,
      maxConcurrent: 1,
      cache: { activeForSec: 1, inactiveForSec: 60, inactiveEntries: 1, store, secrets },
    });
    expect(resolved).toMatchObject({
      source: { endpoint: 'http://127.0.0.1:4445/introspect', signed: true },
      jwts: 'confirm',
      isAudienceRequired: false,
      matches,
      timeoutMs: 50,
      maxConcurrent: 1,
      cache: { activeForMs: 1_000, inactiveForMs: 60_000, inactiveEntries: 1 },
    });
    expect(resolved.cache?.shared).toEqual({ store, secrets: [Buffer.from(secrets[0])] });
    expect(resolve({ client, cache: false }).cache).toBeUndefined();
    const ask = async () => ({ active: false });
    expect(resolve({ ask }).source).toEqual({ kind: 'ask', ask });
    expect(resolve({ ask, signed: false }).source.kind).toBe('ask');
  });

  it('copy a secret that is given as bytes', () => {
    const bytes = new Uint8Array(32).fill(7);
    const resolved = resolve({ client, cache: { store, secrets: [bytes] } });
    bytes.fill(0);
    expect(resolved.cache?.shared?.secrets[0]).toEqual(new Uint8Array(32).fill(7));
  });

  it.each([
    [{}, 'clientSecretBasic('],
    [{ client: null }, 'clientSecretBasic('],
    [{ client: 'secret' }, 'clientSecretBasic('],
    [{ client: { clientId: 'a' } }, 'clientSecretBasic('],
    [{ client, ask: () => {} }, 'replaces client'],
    [{ ask: () => {}, endpoint: 'https://a.example.com' }, 'replaces client'],
    [{ ask: () => {}, signed: true }, 'replaces client'],
    [{ ask: 'x' }, 'ask must be a function'],
    [{ client, signed: 'yes' }, 'signed: true'],
    [{ client: anonymous() }, 'anonymous(), endpoint'],
    [{ client, jwts: 'remote' }, "'local', 'confirm', 'answer'"],
    [{ client, audience: 'any' }, "'required', 'trusted'"],
    [{ client, matches: 'ory_at_' }, 'matches: (token)'],
    [{ client, timeoutMs: 49 }, 'from 50 to 60000'],
    [{ client, timeoutMs: 60_001 }, 'from 50 to 60000'],
    [{ client, timeoutMs: '100' }, 'from 50 to 60000'],
    [{ client, maxConcurrent: 0 }, 'from 1 to 10000'],
    [{ client, maxConcurrent: 10_001 }, 'from 1 to 10000'],
    [{ client, maxConcurrent: 1.5 }, 'from 1 to 10000'],
    [{ client, cache: { activeForSec: 0.9 } }, 'from 1 to 3600'],
    [{ client, cache: { activeForSec: 3_601 } }, 'from 1 to 3600'],
    [{ client, cache: { inactiveForSec: 61 } }, 'from 1 to 60'],
    [{ client, cache: { inactiveForSec: 0 } }, 'from 1 to 60'],
    [{ client, cache: { inactiveEntries: 0 } }, 'from 1 to 1000000'],
    [{ client, cache: true }, 'introspection.cache takes an object'],
    [{ client, cache: { ttl: 1 } }, 'introspection.cache has no option'],
    [{ client, cache: { store } }, 'secrets: ['],
    [{ client, cache: { store, secrets: [] } }, 'secrets: ['],
    [{ client, cache: { store, secrets: 'x'.repeat(32) } }, 'secrets: ['],
    [{ client, cache: { store, secrets: ['x'.repeat(32), 'short'] } }, '32 bytes'],
    [{ client, cache: { store, secrets: [undefined] } }, '32 bytes'],
    [{ client, cache: { secrets } }, 'get(id) and set('],
    [{ client, cache: { store: { get() {} }, secrets } }, 'get(id) and set('],
  ])('are checked: %#', (options, line) => {
    expect(() => resolve(options)).toThrow(line);
  });

  it.each([
    keycloak({ issuer: 'https://sso.acme.com/realms/acme', jwks }),
    hydra({ issuer: ISSUER, jwks, subjectNamespaces: 'disjoint' }),
    spring({ issuer: ISSUER, jwks, subjectNamespaces: 'disjoint' }),
  ])('refuse signed for $preset, which signs no answers', (provider) => {
    expect(() => resolve({ client, signed: true }, provider)).toThrow(
      `introspection.signed: ${provider.preset} never signs its answers`,
    );
    expect(resolve({ client }, provider).rule).toBe(provider.introspected);
  });

  it('say what to do if a server has no introspection', () => {
    expect(() => resolve({ client }, authly({ issuer: ISSUER, jwks }))).toThrow(
      'introspection with authly: its access tokens are JWTs, and @authly/issuer has no introspection endpoint. Leave introspection out',
    );
    expect(() =>
      resolve({ client }, auth0({ issuer: 'https://acme.eu.auth0.com/', jwks })),
    ).toThrow('introspection with auth0: Auth0 has no introspection endpoint');
  });

  it('need a preset with a rule for answers', () => {
    const classify = () => 'user' as const;
    const none = custom({ issuer: ISSUER, jwks, classify });
    expect(() => resolve({ client }, none)).toThrow('the preset custom has no rule for answers');
    const introspected = { accepts: () => true, classify };
    const some = custom({ issuer: ISSUER, jwks, classify, introspected });
    expect(resolve({ client }, some).rule).toBe(some.introspected);
    const rule = {
      ...introspected,
      requiredMembers: [],
      classify: () => ({ kind: 'unknown', rule: '' }) as const,
    };
    const silent = { ...some, introspected: { ...rule, signsAnswers: false } };
    expect(() => resolve({ client, signed: true }, silent)).toThrow('never signs its answers');
    expect(resolve({ client }, silent).source).toMatchObject({ signed: false });
  });
});
