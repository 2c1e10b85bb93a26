import { validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ChallengeContext, RefusedError, refusalFor } from '../../src/http/refusal.ts';
import { AuthError, isAuthError } from '../../src/model/errors.ts';
import { type AuthErrorReason, REASONS } from '../../src/model/reasons.ts';

const context: ChallengeContext = {
  schemes: ['bearer'],
  realm: 'api',
  resourceMetadata: undefined,
};
const both: ChallengeContext = {
  ...context,
  schemes: ['bearer', 'dpop'],
  proofAlgorithms: ['ES256', 'RS256'],
};
const reasons = Object.keys(REASONS) as AuthErrorReason[];

const ONE_OF_EACH_CODE = [
  ['credentials_missing', 401, 'Bearer realm="api"'],
  ['scheme_unsupported', 401, 'Bearer realm="api"'],
  [
    'authorization_malformed',
    400,
    'Bearer realm="api", error="invalid_request", error_description="The Authorization header is malformed"',
  ],
  [
    'expired',
    401,
    'Bearer realm="api", error="invalid_token", error_description="The access token has expired"',
  ],
  [
    'scope_missing',
    403,
    'Bearer realm="api", error="insufficient_scope", error_description="The access token lacks a scope that this resource needs"',
  ],
  [
    'acr_insufficient',
    401,
    'Bearer realm="api", error="insufficient_user_authentication", error_description="A different authentication context is required"',
  ],
  ['user_required', 403, undefined],
  ['keys_unavailable', 503, undefined],
] as const;

describe('refusalFor', () => {
  it.each(ONE_OF_EACH_CODE)('answers %s with %i', (reason, status, challenge) => {
    const refusal = refusalFor(new AuthError(reason), context);
    expect(refusal.status).toBe(status);
    expect(refusal.headers['www-authenticate']).toBe(challenge);
    expect(JSON.parse(refusal.body)).toEqual({
      error: REASONS[reason].code,
      error_description: REASONS[reason].description,
    });
  });

  it.each(reasons)('%s: contains only the code and fixed text, and is not cached', (reason) => {
    const cause = new Error('sEcReT');
    const refusal = refusalFor(new AuthError(reason, { cause, issuerName: 'sEcReT' }), context);
    expect(JSON.stringify(refusal)).not.toContain('sEcReT');
    expect(refusal.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(Object.isFrozen(refusal) && Object.isFrozen(refusal.headers)).toBe(true);
    expect('retry-after' in refusal.headers).toBe(refusal.status === 503);
  });

  it('answers 503 exactly for faults that are not the client’s', () => {
    for (const reason of reasons) {
      const { status } = refusalFor(new AuthError(reason), context);
      expect(status === 503).toBe(REASONS[reason].code === 'temporarily_unavailable');
    }
  });

  it('names missing scopes, the wanted authentication, and the metadata', () => {
    const scopes = new AuthError('scope_missing', { scopes: ['read:users', 'write:users'] });
    const metadata = { ...context, resourceMetadata: 'https://api.example/.well-known/x' };
    expect(refusalFor(scopes, metadata).headers['www-authenticate']).toContain(
      'scope="read:users write:users", resource_metadata="https://api.example/.well-known/x"',
    );
    const stepUp = new AuthError('authentication_too_old', {
      acrValues: ['a', 'b'],
      maxAgeSec: 60,
    });
    expect(refusalFor(stepUp, context).headers['www-authenticate']).toContain(
      'acr_values="a b", max_age="60"',
    );
  });

  it.each([
    [undefined, '5'],
    [0, '0'],
    [1, '1'],
    [1.2, '2'],
    [-0.5, '0'],
    [-1, '5'],
    [Number.NaN, '5'],
    [Number.POSITIVE_INFINITY, '5'],
    [1e300, '5'],
    ['7', '5'],
    ['\r\nx: y', '5'],
    [{}, '5'],
  ])('Retry-After for %j is %s: whole seconds (RFC 9110 §10.2.3)', (retryAfterSec, expected) => {
    const error = new AuthError('requirement_failed', { retryAfterSec: retryAfterSec as number });
    expect(refusalFor(error, context).headers['retry-after']).toBe(expected);
  });

  it('names the configured scopes in a 401 if no guard has named any, and in no other refusal', () => {
    const asked = { ...context, scopes: ['a', 'b'] };
    const challengeOf = (error: AuthError) => refusalFor(error, asked).headers['www-authenticate'];
    expect(challengeOf(new AuthError('credentials_missing'))).toBe(
      'Bearer realm="api", scope="a b"',
    );
    expect(challengeOf(new AuthError('expired'))).toMatch(/, scope="a b"$/);
    const guard = { scopes: ['c'] };
    expect(challengeOf(new AuthError('credentials_missing', guard))).toMatch(/, scope="c"$/);
    for (const reason of [
      'authorization_malformed',
      'scope_missing',
      'acr_insufficient',
    ] as const) {
      expect(challengeOf(new AuthError(reason))).not.toContain('scope=');
    }
  });

  it('makes headers that Node can send, whatever a requirement put into an error', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue());
    const list = fc.array(fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(
        fc.constantFrom(...reasons),
        list,
        list,
        anything,
        (reason, scopes, acrValues, any) => {
          const values = { maxAgeSec: any, retryAfterSec: any, scheme: any, nonce: any };
          const error = new AuthError(reason, { scopes, acrValues, ...values } as never);
          const { headers, body } = refusalFor(error, {
            ...both,
            resourceMetadata: JSON.stringify(any),
          });
          for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
          expect(JSON.parse(body)).toHaveProperty('error');
        },
      ),
    );
  });

  it('answers 503 for a code that it does not know, from another copy of the package', () => {
    const newer = Object.assign(new AuthError('expired'), { code: 'from_the_future' });
    expect(refusalFor(newer, context)).toMatchObject({
      status: 503,
      headers: { 'retry-after': '5' },
    });
  });
});

describe('challenges, if DPoP and Bearer are accepted (RFC 9449 §7.1, §7.2)', () => {
  const BARE = 'Bearer realm="api", DPoP realm="api", algs="ES256 RS256"';
  const EXPIRED = 'error="invalid_token", error_description="The access token has expired"';

  function challenges(reason: AuthErrorReason, details = {}): string | undefined {
    return refusalFor(new AuthError(reason, details), both).headers['www-authenticate'];
  }

  it('ask for Bearer or DPoP if there are no credentials', () => {
    expect(challenges('credentials_missing')).toBe(BARE);
    expect(challenges('scheme_unsupported')).toBe(BARE);
  });

  it('state the error in the challenge of the scheme that was used', () => {
    expect(challenges('expired', { scheme: 'bearer' })).toBe(
      `Bearer realm="api", ${EXPIRED}, DPoP realm="api", algs="ES256 RS256"`,
    );
    expect(challenges('expired', { scheme: 'dpop' })).toBe(
      `Bearer realm="api", DPoP realm="api", ${EXPIRED}, algs="ES256 RS256"`,
    );
  });

  it('state the error in both if the scheme is not known or not accepted', () => {
    const repeated = challenges('authorization_repeated');
    expect(repeated?.match(/error="invalid_request"/g)).toHaveLength(2);
    const expired = new AuthError('expired', { scheme: 'dpop' });
    expect(refusalFor(expired, context).headers['www-authenticate']).toBe(
      `Bearer realm="api", ${EXPIRED}`,
    );
  });

  it('say in both which scopes are missing', () => {
    const text = challenges('scope_missing', { scopes: ['a', 'b'], scheme: 'dpop' });
    expect(text?.match(/scope="a b"/g)).toHaveLength(2);
    expect(text?.match(/error="insufficient_scope"/g)).toHaveLength(1);
  });

  it('leave out Bearer if only DPoP is accepted', () => {
    const only = { ...both, schemes: ['dpop'] } as const;
    expect(refusalFor(new AuthError('credentials_missing'), only).headers['www-authenticate']).toBe(
      'DPoP realm="api", algs="ES256 RS256"',
    );
  });

  it.each([
    ['a-nonce_1.2~', 'a-nonce_1.2~'],
    ['', undefined],
    ['a b', undefined],
    ['a"', undefined],
    ['x'.repeat(129), undefined],
    [undefined, undefined],
  ])('have the nonce %j as %j (§8.1, §9)', (nonce, expected) => {
    const error = new AuthError('expired', { nonce });
    expect(refusalFor(error, both).headers['dpop-nonce']).toBe(expected);
    expect(refusalFor(error, context).headers).not.toHaveProperty('dpop-nonce');
  });
});

describe('RefusedError', () => {
  const cause = new Error('below');
  const error = new AuthError('scope_missing', { scopes: ['a'], cause, issuerName: 'acme' });
  const refused = new RefusedError(error, (each) => refusalFor(each, context));

  it('is an AuthError with the members that error handlers of frameworks read', () => {
    expect(isAuthError(refused)).toBe(true);
    expect(refused).toMatchObject({
      code: 'insufficient_scope',
      reason: 'scope_missing',
      issuerName: 'acme',
      cause,
      status: 403,
      expose: true,
    });
    expect(refused.details).toEqual({ scopes: ['a'] });
    expect(refused.headers['www-authenticate']).toContain('scope="a"');
  });

  it('shows in JSON the same as its AuthError', () => {
    expect(JSON.stringify(refused)).toBe(JSON.stringify(error));
  });
});

describe('codes without a reason', () => {
  it.each(['invalid_dpop_proof', 'use_dpop_nonce'])(
    '%s is answered with 401 and its own name',
    (code) => {
      const error = Object.assign(new AuthError('expired'), { code });
      const { status, headers } = refusalFor(error as AuthError, context);
      expect(status).toBe(401);
      expect(headers['www-authenticate']).toContain(`error="${code}"`);
    },
  );
});

const POLLUTION: Readonly<Record<string, unknown>> = {
  scopes: ['x'],
  acrValues: ['x'],
  maxAgeSec: 7,
  retryAfterSec: 7,
  scheme: 'dpop',
  nonce: 'x',
};

describe('a polluted prototype', () => {
  it.each(Object.keys(POLLUTION))('with %s does not change a challenge', (name) => {
    const errors = [new AuthError('acr_insufficient'), new AuthError('keys_unavailable')];
    const before = errors.map((error) => refusalFor(error, both));
    const value = POLLUTION[name];
    Object.defineProperty(Object.prototype, name, { value, configurable: true });
    const after = errors.map((error) => refusalFor(error, both));
    Reflect.deleteProperty(Object.prototype, name);
    expect(after).toEqual(before);
  });
});
