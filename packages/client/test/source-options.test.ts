import { ConfigurationError } from '@authly/core/client';
import { describe, expect, it } from 'vitest';
import {
  clientSecretBasic,
  type TokenSourceOptions,
  tokenSource,
  workloadToken,
} from '../src/index.ts';
import { resolveSourceOptions } from '../src/source-options.ts';
import { API, ISSUER } from './fixtures.ts';

const REQUIRED = { issuer: ISSUER, client: clientSecretBasic('orders-api', 's3cret') };

describe('options of tokenSource', () => {
  const WRONG: readonly [string, object, string][] = [
    ['no issuer', { issuer: undefined }, 'issuer must be the https URL'],
    [
      '[RFC6749-3.2-a] an issuer over http',
      { issuer: 'http://as.example.com' },
      'issuer must be the https URL',
    ],
    ['no client', { client: undefined }, 'clientSecretBasic'],
    ['a client without authentication', { client: { clientId: 'x' } }, 'clientSecretBasic'],
    ['a client without an id', { client: { authentication() {} } }, 'clientSecretBasic'],
    [
      'an endpoint over http',
      { tokenEndpoint: 'http://as.example.com/t' },
      'tokenEndpoint must be',
    ],
    ['dpop that is no boolean', { dpop: 'yes' }, 'Write: dpop: true'],
    ['an empty resource', { resource: '' }, 'resource must be a string'],
    ['[RFC8707-2-a] a resource that is no URI', { resource: 'billing-api' }, 'audience: '],
    ['[RFC8707-2-a] a resource with a fragment', { resource: `${API}#a` }, 'without a fragment'],
    ['a resource that is a number', { resource: [7] }, 'resource must be a string'],
    ['a scope with a quote', { scope: 'a "b"' }, 'scope must be a list'],
    ['a scope in a list that is two', { scope: ['a b'] }, 'scope must be a list'],
    ['a scope that is a number', { scope: 7 }, 'scope must be a list'],
    ['parameters that are a list', { parameters: [] }, 'parameters must be an object'],
    ['no parameters', { parameters: null }, 'parameters must be an object'],
    ['parameters that are a text', { parameters: 'a=b' }, "Write: parameters: { audience: 'https"],
    ['hosts that are a number', { allowHttp: 7 }, 'allowHttp must be a string'],
    ['no client at all', { client: null }, 'client must say how this service authenticates'],
    [
      'a client that cannot authenticate',
      { client: { clientId: 'x', authentication: 7 } },
      'client',
    ],
    [
      'parameters without the audience',
      { exchange: 'keycloak', parameters: { a: 'b' } },
      'audience',
    ],
    ['a parameter that is a number', { parameters: { a: 1 } }, 'parameters.a must be a string'],
    ['an empty parameter', { parameters: { a: '' } }, 'parameters.a must be a string'],
    ['scope among parameters', { parameters: { scope: 'a' } }, 'belongs in the option scope'],
    [
      'resource among parameters',
      { parameters: { resource: 'a' } },
      'belongs in the option resource',
    ],
    [
      'a secret among parameters',
      { parameters: { client_secret: 'a' } },
      'belongs in the option client',
    ],
    ['an assertion', { parameters: { client_assertion: 'a' } }, 'belongs in the option client'],
    ['a client id', { parameters: { client_id: 'a' } }, 'belongs in the option client'],
    ['a grant', { parameters: { grant_type: 'a' } }, 'set by the grant'],
    ['a subject token', { parameters: { subject_token_type: 'a' } }, 'set by the grant'],
    ['a type of token', { parameters: { requested_token_type: 'a' } }, 'set by the grant'],
    ['an actor token', { parameters: { actor_token: 'a' } }, 'set by the grant'],
    ['an origin with a path', { origins: [`${API}/x`] }, 'without a path'],
    ['an origin with a slash', { origins: [`${API}/`] }, 'without a path'],
    ['an origin over http', { origins: ['http://api.example.com'] }, 'without a path'],
    ['origins that are a number', { origins: 7 }, 'origins must be a string'],
    ['an unknown exchange', { exchange: 'okta' }, "exchange must be 'standard'"],
    ['Keycloak without an audience', { exchange: 'keycloak' }, 'parameters: { audience'],
    ['Auth0 without an audience', { exchange: 'auth0' }, "exchange: 'auth0', parameters"],
    ['Entra without a scope', { exchange: 'entra' }, 'api://billing/.default'],
    ['a time limit too short', { timeoutMs: 49 }, 'from 50 to 60000'],
    ['a time limit too long', { timeoutMs: 60_001 }, 'from 50 to 60000'],
    ['a time limit that is text', { timeoutMs: '50' }, 'from 50 to 60000'],
    ['no place for a subject', { maxSubjects: 0 }, 'from 1 to 100000'],
    ['a listener that is not a function', { onEvent: 'log' }, 'onEvent must be a function'],
    ['a fetch that is not a function', { fetch: {} }, 'fetch must be a function'],
    ['a random that is not a function', { random: 0.5 }, 'random must be a function'],
    [
      'an audience',
      { audience: API },
      "Write: resource: 'https://billing.acme.com', or parameters: { audience: '",
    ],
    ['an unknown option', { scopes: 'a' }, 'has no option "scopes"'],
  ];

  it.each(WRONG)('are refused with the line to write: %s', (_name, change, message) => {
    const make = () => tokenSource({ ...REQUIRED, ...change } as TokenSourceOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(message);
    expect(make).toThrow(/Write: |Its options are: /);
  });

  it('have defaults', () => {
    expect(resolveSourceOptions(REQUIRED)).toMatchObject({
      clientId: 'orders-api',
      target: { resources: [], scopes: [], parameters: [] },
      origins: [],
      dpop: false,
      exchange: 'standard',
      tokenEndpoint: undefined,
      allowHttp: [],
      timeoutMs: 10_000,
      maxSubjects: 1_000,
      onEvent: undefined,
    });
    const { clock } = resolveSourceOptions(REQUIRED);
    expect(Math.abs(clock.now() - Date.now())).toBeLessThan(1_000);
    expect(clock.monotonicMs()).toBeLessThan(Date.UTC(2000, 0));
  });

  it('accept parameters whose names are only similar to those of the grant', () => {
    const parameters = { x_grant_type: 'a', assertion_hint: 'b', requested_token_use_x: 'c' };
    expect(resolveSourceOptions({ ...REQUIRED, parameters }).target.parameters).toEqual(
      Object.entries(parameters),
    );
  });

  it('accept an exchange that has all options that its server needs', () => {
    const audience = { parameters: { tenant: 't', audience: 'a' } };
    for (const given of [
      { exchange: 'keycloak', ...audience },
      { exchange: 'auth0', ...audience },
      { exchange: 'entra', scope: 'api://billing/.default' },
    ] as const) {
      expect(resolveSourceOptions({ ...REQUIRED, ...given }).exchange).toBe(given.exchange);
    }
  });

  it('accept values at the limits exactly', () => {
    const limits = { timeoutMs: 50, maxSubjects: 100_000 };
    expect(resolveSourceOptions({ ...REQUIRED, ...limits })).toMatchObject(limits);
    expect(resolveSourceOptions({ ...REQUIRED, timeoutMs: 60_000, maxSubjects: 1 })).toMatchObject({
      timeoutMs: 60_000,
      maxSubjects: 1,
    });
  });

  it('let a token go to the origins of its resources, if these are URLs with an origin', () => {
    const originsOf = (resource: string | readonly string[], allowHttp: readonly string[] = []) =>
      resolveSourceOptions({ ...REQUIRED, resource, allowHttp }).origins;
    expect(originsOf(`${API}/v1?x`)).toEqual([API]);
    expect(originsOf([`${API}/v1`, 'urn:ledger', 'https://b.example.com'])).toEqual([
      API,
      'https://b.example.com',
    ]);
    expect(originsOf('http://ledger:8080/')).toEqual([]);
    expect(originsOf('http://ledger:8080/', ['ledger'])).toEqual(['http://ledger:8080']);
    expect(originsOf('http://localhost:8080/')).toEqual(['http://localhost:8080']);
  });

  it('accept scopes as text or as a list, and http if it is allowed', () => {
    expect(resolveSourceOptions({ ...REQUIRED, scope: ' a  b ' }).target.scopes).toEqual([
      'a',
      'b',
    ]);
    expect(resolveSourceOptions({ ...REQUIRED, scope: ['a'] }).target.scopes).toEqual(['a']);
    const inside = {
      issuer: 'http://as:8080',
      allowHttp: ['as'],
      tokenEndpoint: 'http://as:8080/t',
    };
    expect(resolveSourceOptions({ ...REQUIRED, ...inside })).toMatchObject(inside);
  });
});

describe('options of workloadToken', () => {
  it.each([
    ['', { path: '/t' }],
    [7, { path: '/t' }],
    ['api', {}],
    ['api', { path: '' }],
    ['api', { path: '/t', type: 'saml' }],
    ['api', { file: '/t' }],
    ['api', undefined],
  ])('are refused with the line to write: %j %j', (id, options) => {
    expect(() => workloadToken(id as never, options as never)).toThrow(
      /workloadToken\(\) .*(?:Write: workloadToken|Its options)/,
    );
  });

  it.each(['', 'no token', 'a.b', 'a.b.c.d'])(
    'give no credentials for a file with %j',
    async (text) => {
      const { writeFile, mkdtemp, rm } = await import('node:fs/promises');
      const { tmpdir } = await import('node:os');
      const folder = await mkdtemp(`${tmpdir()}/workload-`);
      await writeFile(`${folder}/token`, text);
      const client = workloadToken('api', { path: `${folder}/token` });
      await expect(client.authentication({ now: Date.now })).rejects.toThrow(
        'does not contain a JWT',
      );
      await rm(folder, { recursive: true });
    },
  );
});
