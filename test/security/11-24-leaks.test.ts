import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { inspect } from 'node:util';
import {
  type AuthEvent,
  ConfigurationError,
  createResourceServer,
  isAuthError,
  type ResourceServer,
} from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import {
  type Client,
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  hashClientSecret,
  type IssuerEvent,
  memoryClientStore,
} from '@authly/issuer';
import { generateTestKey } from '@authly/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { frameworks } from '../support/frameworks.ts';
import { AUDIENCE, aClock, aToken, encoded, ISSUER, NOW, segmentsOf } from '../support/tokens.ts';
import { aTarget, expectNoHarm, serve } from './support/attack.ts';
import { es256, forger, JWKS_URI } from './support/keys.ts';
import { claimsText, withSignature } from './support/token-text.ts';
import { type WireHeader, wireTo } from './support/wire.ts';

// Rows 11 and 24: canaries are planted in everything that a request brings, and looked for in
// everything that leaves.

const CANARY = 'cAnArY';

/** Every way in which a value may end up in text. */
function printed(value: unknown): string {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const visit = (each: unknown): void => {
    if (seen.has(each)) return;
    seen.add(each);
    texts.push(String(each), inspect(each, { depth: 10, showHidden: true, getters: true }));
    try {
      texts.push(JSON.stringify(each) ?? '');
    } catch {
      // It holds itself: inspect has shown it.
    }
    if (each instanceof Error) {
      texts.push(each.name, each.message, each.stack ?? '');
      visit(each.cause);
    }
    if (typeof each !== 'object' || each === null) return;
    for (const key of Reflect.ownKeys(each)) {
      const descriptor = Object.getOwnPropertyDescriptor(each, key);
      texts.push(String(key));
      if (descriptor !== undefined && 'value' in descriptor) visit(descriptor.value);
    }
  };
  visit(value);
  return texts.join('\n');
}

/** No canary, plain or encoded in any usual way. */
function expectClean(text: string, secrets: readonly string[] = [CANARY]): void {
  for (const secret of secrets) {
    const spellings = [
      secret,
      encoded(secret),
      Buffer.from(secret).toString('base64').replaceAll('=', ''),
      Buffer.from(secret).toString('hex'),
    ];
    for (const spelling of spellings) {
      if (text.includes(spelling))
        expect.unreachable(`${secret} leaked: ${around(text, spelling)}`);
    }
  }
}

function around(text: string, part: string): string {
  const index = text.indexOf(part);
  return text.slice(Math.max(0, index - 120), index + 120);
}

const SPECIAL = `${CANARY}"\\\r\n\t\0,;=<script>é😀`;
const headerText = JSON.stringify({ alg: 'ES256', typ: 'at+jwt', kid: es256.kid });

/** Requests that are refused, each for another reason, each with a canary in it. */
const refused: readonly (readonly [string, string])[] = [
  ['another scheme', `${CANARY} x`],
  ['malformed', `Bearer ${CANARY} ${CANARY}`],
  ['repeated', `Bearer ${CANARY}, ${CANARY}`],
  ['no token', CANARY],
  ['no JWS', `Bearer ${CANARY}`],
  ['no JSON', `Bearer ${encoded(CANARY)}.${encoded(CANARY)}.${encoded(CANARY)}`],
  ['broken JSON in the header', `Bearer ${encoded(`{"alg":"${CANARY}`)}.e30.e30`],
  [
    'broken JSON in the claims',
    `Bearer ${encoded(headerText)}.${encoded(`{"sub":"${CANARY}`)}.AAAA`,
  ],
  ['an unknown algorithm', `Bearer ${aToken({}, { header: { alg: SPECIAL } })}`],
  ['an extension', `Bearer ${aToken({}, { header: { crit: [SPECIAL], [CANARY]: 1 } })}`],
  ['an unknown issuer', `Bearer ${aToken({ iss: SPECIAL })}`],
  ['an unknown key', `Bearer ${aToken({}, { header: { kid: SPECIAL } })}`],
  ['a bad signature', `Bearer ${aToken({ sub: SPECIAL }, { key: forger })}`],
  ['a signature that is a canary', `Bearer ${withSignature(aToken(), encoded(CANARY.repeat(10)))}`],
  ['a type', `Bearer ${aToken({}, { header: { typ: SPECIAL } })}`],
  ['a missing claim', `Bearer ${aToken({ sub: undefined, x: SPECIAL })}`],
  ['a malformed claim', `Bearer ${aToken({ sub: [SPECIAL] })}`],
  ['another audience', `Bearer ${aToken({ aud: SPECIAL })}`],
  ['expired', `Bearer ${aToken({ exp: 1, sub: SPECIAL })}`],
  ['too early', `Bearer ${aToken({ nbf: NOW + 99, sub: SPECIAL })}`],
  ['ambiguous', `Bearer ${aToken({ gty: SPECIAL, sub_type: SPECIAL })}`],
  ['bound', `Bearer ${aToken({ cnf: { jkt: SPECIAL } })}`],
  ['a lack of scope', `Bearer ${aToken({ scope: CANARY, sub: SPECIAL })}`],
  ['too large', `Bearer ${aToken({ x: CANARY.repeat(3_000) })}`],
  ['duplicates', `Bearer ${aToken({}, { rawPayload: claimsText(`"exp":"${CANARY}"`) })}`],
];

describe.each(frameworks)('row 11: what a refusal says in $name', (framework) => {
  it.each(refused)('nothing of the request: %s', async (_, authorization) => {
    const channelEvents: unknown[] = [];
    const note = (event: unknown) => channelEvents.push(event);
    subscribe('authly', note);
    const target = await aTarget(framework, {
      guards: ({ kit }) => [kit.requireScope('read:users')],
    });
    const answer = await target.send({
      target: `/?q=${CANARY}`,
      headers: [
        ['authorization', Buffer.from(authorization).toString('latin1')],
        ['x-request-id', CANARY],
        ['cookie', CANARY],
        ['user-agent', CANARY],
      ],
    });
    unsubscribe('authly', note);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(target.events.length).toBeGreaterThan(0);
    expect(channelEvents.length).toBeGreaterThan(0);
    for (const leaving of [answer.raw, printed(target.events), printed(channelEvents)]) {
      expectClean(leaving, [
        CANARY,
        ...segmentsOf(authorization).filter((part) => part.length > 30),
      ]);
    }
    await expectNoHarm(target);
    target.close();
  });

  it.each(refused)(
    'nothing of the request in the error that the application gets: %s',
    async (_, authorization) => {
      const errors: unknown[] = [];
      const server = createResourceServer({
        issuer: rfc9068({ issuer: ISSUER, jwks: { keys: [es256.publicJwk] } }),
        audience: AUDIENCE,
        clock: aClock(),
      });
      const app = framework.createApp(
        ({ use, route }) => {
          use(framework.authenticate(server, { delegated: true }));
          route('/', framework.kit.requireScope('read:users'), () => null);
        },
        {
          onError: (error) => {
            errors.push(error);
            return { status: 418, body: printed(error) };
          },
        },
      );
      const { port, close } = await serve(app);
      const wire = wireTo(port);
      const header: WireHeader = ['authorization', Buffer.from(authorization).toString('latin1')];
      const answer = await wire.send({ headers: [header] });
      expect(answer.status).toBe(418);
      expect(isAuthError(errors[0])).toBe(true);
      expectClean(answer.raw, [
        CANARY,
        ...segmentsOf(authorization).filter((part) => part.length > 30),
      ]);
      wire.close();
      close();
      server.close();
    },
  );
});

describe('row 24: what may be printed', () => {
  const server: ResourceServer<unknown> = createResourceServer({
    issuer: rfc9068({ issuer: ISSUER, jwks: { keys: [es256.publicJwk] } }),
    audience: AUDIENCE,
    clock: aClock(),
  });
  afterAll(() => server.close());

  const good = aToken({ sub: 'ada', note: 'a claim' });
  const parts = segmentsOf(good).filter((_, index) => index !== 0);

  it('a resource server that has seen a token shows neither token nor claims', async () => {
    await server.verify(good);
    expectClean(printed(server), [...parts, 'a claim']);
  });

  it('a principal shows claims, and never the token', async () => {
    const principal = await server.verify(good);
    expectClean(printed(principal), [good, ...parts]);
    expect(printed(principal)).toContain('a claim');
  });

  it('explain hides every value that is not revealed, also in what it refuses', async () => {
    for (const token of [
      aToken({ sub: CANARY, x: { y: [CANARY] }, scope: CANARY, iss: ISSUER }),
      aToken({ sub: CANARY, exp: 1 }),
      aToken({ sub: CANARY }, { key: forger }),
      aToken({ iss: CANARY }),
      aToken({ gty: CANARY }),
      aToken({}, { header: { kid: CANARY, x: CANARY } }),
      CANARY,
      `${encoded(CANARY)}.${encoded(CANARY)}.${encoded(CANARY)}`,
    ]) {
      const explanation = await server.explain(token);
      expectClean(printed(explanation));
      expectClean(
        printed(explanation),
        segmentsOf(token).filter((part) => part.length > 40),
      );
    }
    const shown = await server.explain(aToken({ sub: CANARY }), { reveal: ['sub'] });
    expect(shown.claims).toMatchObject({ sub: CANARY, iss: '[hidden string]' });
  });

  it('an error over keys holds no key', async () => {
    const secret = String(forger.privateJwk['d']);
    for (const keys of [
      [{ ...forger.privateJwk, kid: 'private' }],
      [{ kty: 'oct', k: encoded(CANARY), kid: 'symmetric' }],
      [{ kty: 'EC', crv: 'P-256', x: CANARY, y: CANARY }],
      [{ kty: 'RSA', n: CANARY, e: 'AQAB', kid: CANARY }],
    ]) {
      try {
        createResourceServer({
          issuer: rfc9068({ issuer: ISSUER, jwks: { keys } }),
          audience: AUDIENCE,
        });
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
        expectClean(printed(error), [CANARY, secret]);
      }
    }
  });

  it.each([
    ['not JSON', () => new Response(CANARY)],
    ['cut JSON', () => new Response(`{"keys":[{"d":"${CANARY}"`)],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: `https://x/${CANARY}` } }),
    ],
    ['an error page', () => new Response(CANARY, { status: 500, statusText: CANARY })],
    ['private keys', () => Response.json({ keys: [{ ...forger.privateJwk, kid: CANARY }] })],
    ['other metadata', () => Response.json({ issuer: CANARY, jwks_uri: CANARY })],
  ])('an outage holds nothing of what was fetched: %s', async (_, answer) => {
    const events: AuthEvent[] = [];
    const failing = createResourceServer({
      issuer: rfc9068(ISSUER),
      audience: AUDIENCE,
      clock: aClock(),
      fetch: async () => answer(),
      onEvent: (event) => events.push(event),
    });
    const error = await Promise.resolve(failing.verify(good)).catch((reason: unknown) => reason);
    expect(isAuthError(error) && error.reason).toBe('keys_unavailable');
    expectClean(printed(error), [CANARY, String(forger.privateJwk['d']), ...parts]);
    expectClean(printed(events), [CANARY, ...parts]);
    failing.close();
  });

  it('the issues of a schema, which quote values, appear nowhere', async () => {
    const strict = createResourceServer({
      issuer: rfc9068({ issuer: ISSUER, jwksUri: JWKS_URI }),
      audience: AUDIENCE,
      clock: aClock(),
      fetch: async () => Response.json({ keys: [es256.publicJwk] }),
      claims: {
        '~standard': {
          version: 1 as const,
          vendor: 'test',
          validate: (claims: unknown) => ({ issues: [{ message: JSON.stringify(claims) }] }),
        },
      },
    });
    const token = aToken({ sub: CANARY });
    const error = await Promise.resolve(strict.verify(token)).catch((reason: unknown) => reason);
    expect(isAuthError(error) && error.reason).toBe('claims_rejected');
    expectClean(printed(error));
    strict.close();
  });
});

describe('row 24: the issuer', () => {
  let issuer: ReturnType<typeof createIssuer>;
  let store: ReturnType<typeof memoryClientStore>;
  let secrets: readonly string[] = [];
  const events: IssuerEvent[] = [];
  const generated = generateClientSecret();
  const chosen = `${CANARY}-a-chosen-secret`;

  beforeAll(async () => {
    const key = await generateSigningKey('ES256');
    const common = { scopes: ['read:users'], audiences: [AUDIENCE] };
    const clients: readonly Client[] = [
      {
        ...common,
        clientId: 'generated',
        secretHashes: [generated.hash],
        authenticationMethod: 'client_secret_basic',
      },
      { ...common, clientId: 'chosen', secretHashes: [await hashClientSecret(chosen)] },
    ];
    store = memoryClientStore(clients);
    issuer = createIssuer({
      issuer: ISSUER,
      keys: [key],
      clients: store,
      clock: aClock(),
      onEvent: (event) => events.push(event),
    });
    const [digest = ''] = generated.hash.split('$').slice(-1);
    secrets = [String(key['d']), generated.secret, chosen, digest];
  });

  it('shows no private key, no secret and no hash, whatever is printed', () => {
    for (const each of [issuer, issuer.jwks(), issuer.metadata(), issuer.endpoints, store]) {
      expectClean(printed(each), secrets);
    }
  });

  it('issues tokens that printing does not show', async () => {
    const issued = await issuer.clientCredentials.grant({
      credentials: {
        clientId: 'generated',
        clientSecret: generated.secret,
        method: 'client_secret_basic',
      },
    });
    expect(issued.accessToken.split('.')).toHaveLength(3);
    const { accessToken: _hidden, ...spread } = { ...issued };
    expect('accessToken' in { ...issued }).toBe(false);
    expectClean(
      inspect(issued) + JSON.stringify(issued) + inspect(spread),
      segmentsOf(issued.accessToken),
    );
    expectClean(printed(events), [...secrets, ...segmentsOf(issued.accessToken)]);
  });

  it.each([
    ['a wrong secret', { clientId: 'generated', clientSecret: `${CANARY}-wrong` }],
    ['an unknown client', { clientId: CANARY, clientSecret: generated.secret }],
    [
      'the right secret by another method',
      {
        clientId: 'generated',
        clientSecret: generated.secret,
        method: 'client_secret_post' as const,
      },
    ],
  ])('its refusals hold nothing of what was sent: %s', async (_, credentials) => {
    events.length = 0;
    const error = await issuer.clientCredentials
      .grant({ credentials: { method: 'client_secret_basic', ...credentials } })
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'invalid_client' });
    expectClean(printed(error), [CANARY, ...secrets]);
    expectClean(printed(events), [CANARY, ...secrets]);
  });

  it('errors about bad keys and bad clients do not show their values', () => {
    const d = String(generateTestKey('ES256', 'x').privateJwk['d']);
    const mistakes: readonly (() => unknown)[] = [
      () =>
        createIssuer({
          issuer: ISSUER,
          keys: [{ kty: 'EC', crv: 'P-256', d, x: CANARY, y: CANARY, kid: 'x' }],
          clients: store,
        }),
      () =>
        createIssuer({
          issuer: ISSUER,
          keys: [{ kty: 'oct', k: encoded(CANARY), kid: 'x' }],
          clients: store,
        }),
      () =>
        memoryClientStore([
          {
            clientId: 'x',
            secretHashes: [`${CANARY}-in-clear`],
            scopes: [],
            audiences: [AUDIENCE],
          },
        ]),
    ];
    for (const make of mistakes) {
      try {
        make();
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
        expectClean(printed(error), [CANARY, d]);
      }
    }
  });
});
