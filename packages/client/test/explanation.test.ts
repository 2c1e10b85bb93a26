import { describe, expect, it } from 'vitest';
import { createAccessToken } from '../src/access-token.ts';
import {
  type ExplainedParts,
  explanationOf,
  failedAnswer,
  isResourceIgnored,
  type LastAnswer,
} from '../src/explanation.ts';
import {
  clientSecretBasic,
  type TokenSourceOptions,
  tlsClientAuth,
  workloadToken,
} from '../src/index.ts';
import { resolveSourceOptions } from '../src/source-options.ts';
import { TokenSourceError } from '../src/token-source-error.ts';
import { API, aClock, ISSUER } from './fixtures.ts';

const REQUIRED = {
  issuer: ISSUER,
  client: clientSecretBasic('orders-api', 's3cret'),
  resource: API,
};

function explained(options: Partial<TokenSourceOptions> = {}, parts: Partial<ExplainedParts> = {}) {
  return explanationOf({
    options: resolveSourceOptions({ ...REQUIRED, ...options }),
    endpoint: undefined,
    last: undefined,
    kept: undefined,
    ...parts,
  });
}

const endpoint = (metadata: Readonly<Record<string, unknown>>) => ({
  url: `${ISSUER}/token`,
  document: `${ISSUER}/.well-known/openid-configuration`,
  metadata,
});

const issued = (audience: readonly string[] | undefined): LastAnswer => ({
  outcome: 'issued',
  grant: 'client_credentials',
  type: 'Bearer',
  expiresInSec: 60,
  scopes: [],
  audience,
});

describe('an explanation', () => {
  it('shows the configuration before the server was asked', () => {
    const explanation = explained({
      scope: 'a b',
      parameters: { audience: ['x', 'y'], tenant: 't' },
      dpop: true,
    });
    expect(explanation).toEqual({
      issuer: ISSUER,
      clientId: 'orders-api',
      method: 'client_secret_basic',
      metadata: undefined,
      tokenEndpoint: undefined,
      methodsSupported: undefined,
      grantsSupported: undefined,
      resources: [API],
      scopes: ['a', 'b'],
      parameters: ['audience', 'tenant'],
      origins: [API],
      binding: 'dpop',
      last: undefined,
      token: undefined,
      advice: [],
    });
    expect(explained().binding).toBe('none');
    for (const part of [explanation, explanation.parameters, explanation.advice]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
  });

  it('copies only lists of texts from the metadata', () => {
    const listed = (metadata: object) => {
      const { grantsSupported, methodsSupported } = explained(
        {},
        { endpoint: endpoint({ ...metadata }) },
      );
      return [grantsSupported, methodsSupported];
    };
    const lists = {
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
    };
    expect(listed(lists)).toEqual([['client_credentials'], ['client_secret_basic']]);
    expect(
      listed({ grant_types_supported: 'x', token_endpoint_auth_methods_supported: [7] }),
    ).toEqual([undefined, undefined]);
    expect(explained({}, { endpoint: endpoint(Object.create(lists)) }).methodsSupported).toBe(
      undefined,
    );
  });

  it('says when the current token is refreshed and when it ends, without showing it', () => {
    const clock = aClock();
    const token = createAccessToken({
      accessToken: 'hush',
      type: 'DPoP',
      expiresAt: 7,
      scopes: ['a'],
    });
    const now = clock.monotonicMs();
    const times = {
      refreshAt: now - 1_400,
      unusableAt: now + 95_600,
      endsAt: now + 100_000,
      windowMs: 20_000,
    };
    const given = {
      value: 'hush',
      type: 'DPoP',
      lifeSec: 100,
      scopes: ['a'],
      audience: undefined,
      requestedAt: now,
    } as const;
    const explanation = explained({ clock }, { kept: { token, times, issued: given } });
    expect(explanation.token).toEqual({
      type: 'DPoP',
      scopes: ['a'],
      refreshInSec: -1,
      unusableInSec: 96,
    });
    expect(JSON.stringify(explanation)).not.toContain('hush');
  });
});

describe('advice', () => {
  const adviceFor = (client: TokenSourceOptions['client'], methods: readonly string[]) =>
    explained(
      { client },
      { endpoint: endpoint({ token_endpoint_auth_methods_supported: methods }) },
    ).advice;
  const workload = workloadToken('orders-api', { path: '/t' });
  const tls = tlsClientAuth('orders-api', { fetch });

  it.each([
    ['a secret', REQUIRED.client, 'client_secret_basic'],
    ['the token of a workload, which is an assertion', workload, 'private_key_jwt'],
    ['a certificate', tls, 'tls_client_auth'],
    ['a certificate of its own', tls, 'self_signed_tls_client_auth'],
  ])('is not given if the server accepts %s', (_what, client, method) => {
    expect(adviceFor(client, ['none', method])).toEqual([]);
  });

  it('names the authentication methods of the server if that of the client is not among them', () => {
    expect(adviceFor(tls, ['client_secret_basic', 'private_key_jwt'])).toEqual([
      "The server's metadata does not list the method tls_client_auth or self_signed_tls_client_auth. It lists client_secret_basic, private_key_jwt. Authenticate with one of those, or allow tls_client_auth or self_signed_tls_client_auth for orders-api at the server",
    ]);
    expect(adviceFor(workload, ['client_secret_basic'])).toHaveLength(1);
    expect(adviceFor(REQUIRED.client, [])).toHaveLength(1);
  });

  it('is given if the token could be sent nowhere', () => {
    expect(explained({ resource: 'urn:ledger' }).advice).toEqual([
      "source.fetch() can send the token nowhere, because no origin is configured. Write: origins: ['https://billing.acme.com']",
    ]);
    expect(explained({ resource: 'urn:ledger', origins: [API] }).advice).toEqual([]);
  });

  it('is given if the server ignores resource', () => {
    const advice = (last: LastAnswer) => explained({}, { last }).advice;
    expect(advice(issued(['account']))).toEqual([
      expect.stringContaining("Write: parameters: { audience: '"),
    ]);
    expect(advice(issued([API]))).toEqual([]);
    expect(advice(issued(undefined))).toEqual([]);
  });

  it.each([
    ['request_refused', 'unauthorized_client', 'allow it to use this grant'],
    ['request_refused', 'unsupported_grant_type', 'form of token exchange'],
    ['request_refused', 'invalid_scope', 'scope'],
    ['request_refused', 'invalid_target', 'resource'],
    ['client_refused', undefined, 'client id, the secret or the key'],
    ['client_refused', 'invalid_client', 'client id, the secret or the key'],
    ['metadata_unusable', undefined, 'write: tokenEndpoint: '],
    ['not_bound', undefined, 'leave out the option dpop'],
    ['issuer_unreachable', undefined, 'its host name, the network'],
    ['issuer_timeout', undefined, 'timeoutMs: 20_000'],
    ['issuer_redirects', undefined, 'a page for people'],
    ['metadata_unavailable', undefined, '/.well-known/oauth-authorization-server'],
    ['credentials_unavailable', undefined, 'The cause of the error'],
    ['answer_unusable', undefined, 'an expires_in above zero'],
    ['not_exchanged', undefined, 'Name another target'],
    ['subject_refused', 'invalid_grant', 'token of the caller'],
  ] as const)('is given after %s with %s', (reason, serverError, words) => {
    const error = new TokenSourceError(reason, { ...(serverError && { serverError }) });
    expect(explained({}, { last: failedAnswer(error, 'exchange') }).advice).toEqual([
      expect.stringContaining(words),
    ]);
  });

  it('does not send a service that asks for its own token to the option exchange', () => {
    const error = new TokenSourceError('request_refused', {
      serverError: 'unsupported_grant_type',
    });
    expect(explained({}, { last: failedAnswer(error, 'client_credentials') }).advice).toEqual([
      expect.stringContaining('does not support the client credentials grant'),
    ]);
  });

  it('says the option to write if the server wants to know the API and nothing names one', () => {
    const error = new TokenSourceError('request_refused', { serverError: 'invalid_target' });
    const last = failedAnswer(error, 'client_credentials');
    const advice = (options: Partial<TokenSourceOptions>) =>
      explained({ origins: [API], ...options }, { last }).advice;
    expect(advice({ resource: [] })).toEqual([expect.stringContaining("Write: resource: '")]);
    const unknown = [expect.stringContaining('does not know the API in resource')];
    expect(advice({})).toEqual(unknown);
    expect(advice({ resource: [], parameters: { audience: 'x' } })).toEqual(unknown);
  });

  it('is not given if only waiting helps', () => {
    const error = new TokenSourceError('issuer_unavailable', { serverError: 'server_error' });
    expect(explained({}, { last: failedAnswer(error, 'exchange') }).advice).toEqual([]);
  });
});

it('a failed answer shows the error that was reported, and the grant', () => {
  const error = new TokenSourceError('issuer_unavailable', {
    serverStatus: 503,
    serverError: 'server_error',
    code: 'ECONNRESET',
  });
  expect(failedAnswer(error, 'exchange')).toEqual({
    outcome: 'failed',
    grant: 'exchange',
    reason: 'issuer_unavailable',
    message: error.message,
    status: 503,
    error: 'server_error',
    code: 'ECONNRESET',
  });
});

it('a resource counts as ignored if the token has an audience without it', () => {
  expect(isResourceIgnored(['a'], undefined)).toBe(false);
  expect(isResourceIgnored([], ['x'])).toBe(false);
  expect(isResourceIgnored(['a'], ['x', 'a'])).toBe(false);
  expect(isResourceIgnored(['a', 'b'], ['a'])).toBe(true);
  expect(isResourceIgnored(['a'], [])).toBe(true);
});
