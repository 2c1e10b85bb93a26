import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  AUDIENCE,
  aClientToken,
  aToken,
  compactJws,
  encoded,
  GOOD_CLAIMS,
  generateTestKey,
  ISSUER,
  issuerKey,
  jwks,
  NOW,
} from '../../../../test/support/tokens.ts';
import { createResourceServer } from '../../src/create-resource-server.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import type { Step } from '../../src/model/reasons.ts';
import type { Explanation } from '../../src/pipeline/explain.ts';
import type { ExplainOptions } from '../../src/pipeline/revealed-claims.ts';
import { custom } from '../../src/providers/custom.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';
import { aResourceServer } from '../resource-servers.ts';

const server = aResourceServer();
const explain = (token: string, options?: ExplainOptions) => server.explain(token, options);

/** The steps as one text: `issuer:pass key:fail …`. */
function way({ steps }: Explanation): string {
  return steps.map(({ step, outcome }) => `${step}:${outcome}`).join(' ');
}

const STEPS: readonly Step[] = [
  'token',
  'issuer',
  'key',
  'signature',
  'claims',
  'principal',
  'sender_constraint',
];

function failingAt(failed: Step): string {
  const index = STEPS.indexOf(failed);
  return STEPS.map((step, at) =>
    [step, at < index ? 'pass' : at === index ? 'fail' : 'not_reached'].join(':'),
  ).join(' ');
}

describe('a good token', () => {
  it('passes every step, and shows the rule that decided the kind', async () => {
    const explanation = await explain(aToken());
    expect(explanation).toMatchObject({
      accepted: true,
      kind: 'user',
      issuerName: ISSUER,
      rule: 'sub is not client_id, and no mark of a client is there',
      header: { alg: 'ES256', typ: 'at+jwt' },
    });
    expect(way(explanation)).toBe(STEPS.map((step) => `${step}:pass`).join(' '));
    expect(await explain(aClientToken())).toMatchObject({
      kind: 'client',
      rule: 'sub is client_id, and no claim of a user is there',
    });
  });
});

function nested(levels: number): unknown {
  return levels === 0 ? 1 : [nested(levels - 1)];
}
it('tells for a JWT-SVID of an unknown issuer which two settings must agree', async () => {
  const of = async (claims: object) => {
    const { steps } = await explain(aToken({ iss: 'https://evil', ...claims }));
    return steps.find(({ step }) => step === 'issuer')?.description;
  };
  expect(await of({ sub: 'spiffe://acme.com/ns/a' })).toBe(
    "The issuer of the access token is not accepted: of a JWT-SVID; set both SPIRE's jwt_issuer and the issuer of spiffe({ trustDomain, issuer }), or neither",
  );
  expect(await of({ sub: 'u-17' })).toBe('The issuer of the access token is not accepted');
  expect(await of({ sub: 1 })).toBe('The issuer of the access token is not accepted');
});

describe('a bad token', () => {
  const stranger = generateTestKey('ES256', 'key-1');
  it.each<[string, Step, string, string]>([
    ['no token', 'token', 'token_malformed', ''],
    [
      'a strange algorithm',
      'key',
      'algorithm_not_allowed',
      aToken({}, { header: { alg: 'none' } }),
    ],
    ['a strange issuer', 'issuer', 'issuer_unknown', aToken({ iss: 'https://evil' })],
    ['a deep one', 'token', 'token_malformed', aToken({ deep: nested(40) })],
    ['a strange key', 'key', 'key_unknown', aToken({}, { header: { kid: 'x' } })],
    ['a forgery', 'signature', 'signature_invalid', aToken({}, { key: stranger })],
    ['an old token', 'claims', 'expired', aToken({ exp: NOW - 60 })],
    ['an ambiguous one', 'principal', 'principal_ambiguous', aClientToken({ auth_time: 1 })],
    ['a bound one', 'sender_constraint', 'sender_constraint_unsupported', aToken({ cnf: {} })],
  ])('%s stops at the step %s', async (_what, step, reason, token) => {
    const explanation = await explain(token);
    expect(explanation).toMatchObject({ accepted: false, kind: undefined });
    expect(way(explanation)).toBe(failingAt(step));
    const failed = explanation.steps.find(({ outcome }) => outcome === 'fail');
    expect(failed).toMatchObject({ reason, description: expect.any(String) });
    // The issuer is named only if the step that finds it was passed.
    const found = explanation.steps.find((each) => each.step === 'issuer')?.outcome === 'pass';
    expect(explanation.issuerName).toBe(found ? ISSUER : undefined);
  });

  it('that is not a string is explained; nothing is thrown', async () => {
    for (const token of [undefined, null, 7, {}, []]) {
      const explanation = await explain(token as never);
      expect(way(explanation)).toBe(failingAt('token'));
      expect(explanation).toMatchObject({ header: undefined, claims: undefined });
    }
  });

  it('with an unclear kind shows the rule that refused it', async () => {
    const { rule } = await explain(aClientToken({ auth_time: 1 }));
    expect(rule).toBe('sub is client_id, but the token carries claims of a user');
  });

  it('shows the rule that decided its kind if a later step refused it, and no rule if an earlier step did', async () => {
    const bound = aToken({ cnf: {} });
    expect((await explain(bound)).rule).toBe(
      'sub is not client_id, and no mark of a client is there',
    );
    expect((await explain(aToken({ exp: NOW - 60 }))).rule).toBeUndefined();
    expect((await explain(aToken({}, { key: stranger }))).rule).toBeUndefined();
  });

  it('is explained also when the operator’s rule throws', async () => {
    const failing = aResourceServer({
      issuer: custom({
        issuer: ISSUER,
        jwks,
        classify: () => {
          throw new Error('database');
        },
      }),
    });
    const explanation = await failing.explain(aToken());
    expect(way(explanation)).toBe(failingAt('principal'));
    expect(explanation.rule).toBeUndefined();
  });

  it('names its issuer when that is known', async () => {
    expect((await explain(aToken({}, { header: { kid: 'x' } }))).issuerName).toBe(ISSUER);
    expect((await explain(aToken({ iss: 'https://evil' }))).issuerName).toBeUndefined();
  });

  it('stops at the step issuer or key during an outage', async () => {
    const failing = aResourceServer({ issuers: () => Promise.reject(new Error('down')) });
    expect(way(await failing.explain(aToken()))).toBe(failingAt('issuer'));
    const remote = rfc9068({ issuer: ISSUER, jwksUri: `${ISSUER}/jwks` });
    const fetch = () => Promise.reject(new Error('offline'));
    const offline = aResourceServer({ issuer: remote, audience: AUDIENCE, fetch });
    expect(way(await offline.explain(aToken()))).toBe(failingAt('key'));
  });

  it('that the schema refuses stops at the step principal', async () => {
    const strict = aResourceServer({ claims: z.object({ tenant: z.string() }) });
    const explanation = await strict.explain(aToken());
    expect(way(explanation)).toBe(failingAt('principal'));
    expect(explanation.rule).toBe('sub is not client_id, and no mark of a client is there');
  });
});

describe('what is shown', () => {
  const secret = 'sEcReT';
  const claims = {
    sub: secret,
    list: [secret],
    deep: { a: secret },
    count: 7,
    yes: true,
    none: null,
  };

  it('are the names of claims and the types of their values', async () => {
    const explanation = await explain(aToken(claims));
    expect(explanation.claims).toMatchObject({
      iss: '[hidden string]',
      sub: '[hidden string]',
      list: '[hidden array]',
      deep: '[hidden object]',
      count: '[hidden number]',
      yes: '[hidden boolean]',
    });
    expect(inspect(explanation, { depth: 10 })).not.toContain(secret);
  });

  it('hides claims that have the name of a member of every object', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', 'valueOf'];
    const named = Object.fromEntries(names.map((name) => [name, secret]));
    const explanation = await explain(aToken(named));
    for (const name of names) expect(explanation.claims?.[name]).toBe('[hidden string]');
  });

  it('are the values of the claims that reveal names', async () => {
    const { claims: shown } = await explain(aToken(claims), {
      reveal: ['iss', 'deep', 'toString'],
    });
    expect(shown).toMatchObject({ iss: ISSUER, deep: { a: secret }, sub: '[hidden string]' });
  });

  it('must be named by a list: a string would also show the claims that are part of it', async () => {
    for (const reveal of ['iss', 'substance', [7], {}, null]) {
      await expect(explain(aToken(), { reveal } as never)).rejects.toThrow(ConfigurationError);
    }
  });

  it('nothing of a token that cannot be parsed', async () => {
    const token = `${aToken(claims)}.${secret}`;
    expect(await explain(token)).toMatchObject({ header: undefined, claims: undefined });
    expect(inspect(await explain(token), { depth: 10 })).not.toContain(secret);
  });

  it('is the header as it was sent', async () => {
    const ed = generateTestKey('EdDSA', 'ed');
    const issuer = rfc9068({ issuer: ISSUER, jwks: { keys: [ed.publicJwk] } });
    const named = aResourceServer({ issuer, audience: AUDIENCE });
    const token = aToken({}, { key: ed, header: { alg: 'Ed25519', typ: undefined, jku: secret } });
    expect((await named.explain(token)).header).toEqual({ alg: 'Ed25519', typ: undefined });
  });

  it('has __proto__ as an ordinary claim, which changes nothing', async () => {
    const text = `${JSON.stringify(GOOD_CLAIMS).slice(0, -1)},"__proto__":{"admin":true}}`;
    const { claims: shown } = await explain(
      compactJws('{"alg":"ES256","typ":"at+jwt","kid":"key-1"}', text, issuerKey),
    );
    expect(Object.hasOwn(shown ?? {}, '__proto__')).toBe(true);
    expect(shown?.['admin']).toBeUndefined();
  });

  it('is frozen', async () => {
    const explanation = await explain(aToken());
    expect(Object.isFrozen(explanation) && Object.isFrozen(explanation.claims)).toBe(true);
  });
});

describe('the hint', () => {
  it('says what to do about a token with a known mistake, and quotes nothing of the token', async () => {
    const iss = 'https://sts.windows.net/3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10/';
    const { hint } = await explain(aToken({ iss }));
    expect(hint).toContain('requestedAccessTokenVersion');
    expect(hint).not.toContain('3b0c9a54');
  });

  it('says what was expected, in the hint and at the step, with values of the configuration', async () => {
    const { hint, steps } = await explain(aToken({ aud: 'urn:secret' }));
    expect(hint).toBe(`aud must name '${AUDIENCE}'.`);
    const failed = steps.find(({ outcome }) => outcome === 'fail');
    expect(failed).toMatchObject({ reason: 'audience_mismatch', expectedAudience: [AUDIENCE] });
    expect(JSON.stringify([hint, steps])).not.toContain('secret');
    const untyped = await explain(aToken({}, { header: { typ: undefined } }));
    expect(untyped.hint).toContain('The token has no typ; accepted is at+jwt.');
    expect(untyped.steps).toContainEqual(
      expect.objectContaining({ expectedTypes: ['at+jwt'], typeAbsent: true }),
    );
    const lacking = await explain(aToken({ jti: undefined }));
    expect(lacking.hint).toBe('The token lacks jti.');
    expect(lacking.steps).toContainEqual(expect.objectContaining({ claim: 'jti' }));
  });

  it('exists for a token that is not a JWT', async () => {
    expect((await explain('no-token')).hint).toContain('opaque');
    expect((await explain('a.b.c.d.e')).hint).toContain('JWE');
  });

  it('names the configured issuers for a token of another issuer, and quotes nothing of the token', async () => {
    const { hint } = await explain(aToken({ iss: 'https://other.example' }));
    expect(hint).toBe(`iss must be exactly '${ISSUER}'; a slash at the end counts.`);
    const byFunction = createResourceServer({ issuers: () => undefined });
    expect((await byFunction.explain(aToken())).hint).toBe(
      'The function in issuers finds no issuer for the iss of the token.',
    );
  });

  it('does not exist for other tokens', async () => {
    expect(await explain(aToken())).toHaveProperty('hint', undefined);
    expect(await explain(aToken({ exp: NOW - 60 }))).toHaveProperty('hint', undefined);
  });
});

describe('explaining', () => {
  it('does not use the cache, and emits no event', async () => {
    const events: AuthEvent[] = [];
    const watched = aResourceServer({ onEvent: (event) => events.push(event) });
    const token = aToken();
    await watched.explain(token);
    await watched.explain(`${encoded('{}')}..`);
    expect(events.filter(({ type }) => type.startsWith('request.'))).toEqual([]);
    await watched.verify(token);
    expect(events.at(-1)).toMatchObject({ cached: false });
  });

  it('does not make a token valid', async () => {
    const forged = aToken({}, { key: generateTestKey('ES256', 'key-1') });
    await explain(forged);
    expect((await explain(forged)).accepted).toBe(false);
  });

  it('works if a resolver finds the issuer', async () => {
    const entry = { ...rfc9068({ issuer: ISSUER, jwks }), audience: AUDIENCE };
    const dynamic = aResourceServer({
      issuers: async (iss) => (iss === ISSUER ? entry : undefined),
    });
    expect((await dynamic.explain(aToken())).accepted).toBe(true);
    const ambiguous = await dynamic.explain(aClientToken({ auth_time: 1 }));
    expect(ambiguous.rule).toBe('sub is client_id, but the token carries claims of a user');
  });
});

describe('a failure to fetch keys', () => {
  it.each([
    ['refused', () => new Response('no', { status: 403 }), 'The response has status 403'],
    [
      'out of reach',
      () => {
        const cause = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
        throw new TypeError('fetch failed', { cause });
      },
      'The request failed with ECONNREFUSED',
    ],
    [
      'of another issuer',
      () => Response.json({ issuer: 'https://sso.acme.com', jwks_uri: 'https://sso.acme.com/k' }),
      `The metadata is not that of ${ISSUER}, but of https://sso.acme.com. If tokens have that iss, write: rfc9068({ issuer: 'https://sso.acme.com', jwksUri: '${ISSUER}/k' })`,
    ],
  ])('is shown with the URL that was tried: %s', async (_what, answer, cause) => {
    const failing = aResourceServer({
      issuer: rfc9068(ISSUER),
      audience: AUDIENCE,
      fetch: async () => answer(),
    });
    const { steps } = await failing.explain(aToken());
    expect(steps.find(({ outcome }) => outcome === 'fail')).toMatchObject({
      step: 'key',
      reason: 'keys_unavailable',
      cause: `${cause} (${ISSUER}/.well-known/openid-configuration)`,
    });
  });

  it('does not quote an exception of the operator’s own code', async () => {
    const failing = aResourceServer({
      issuer: custom({
        issuer: ISSUER,
        jwks,
        classify: () => {
          throw new Error('a secret');
        },
      }),
      audience: AUDIENCE,
    });
    const { steps } = await failing.explain(aToken());
    expect(inspect(steps)).not.toContain('secret');
  });
});
