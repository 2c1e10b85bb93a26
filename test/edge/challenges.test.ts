import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Kit, type Middleware } from '../support/frameworks.ts';
import { type RawResponse, send, sendRaw } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken, aToken, aUserToken, NOW } from '../support/tokens.ts';
import { parseChallenges } from './challenge-parser.ts';

// Every refusal in the eyes of a client that parses by the letter: with and without published metadata.

const METADATA = 'https://api.example.com/.well-known/oauth-protected-resource';

const user = aUserToken();

interface Case {
  readonly authorization?: string | readonly string[];
  readonly status: number;
  /** The parameters of the challenge without realm, description and metadata; absent for none. */
  readonly challenge?: Readonly<Record<string, string>>;
  readonly guards?: (kit: Kit) => readonly Middleware[];
  readonly optional?: boolean;
}

const missing = { status: 401, challenge: {} };
const malformed = { status: 400, challenge: { error: 'invalid_request' } };
const invalid = { status: 401, challenge: { error: 'invalid_token' } };

const cases: readonly (readonly [string, Case])[] = [
  ['[RFC6750-3-a] [RFC6750-3-c] [RFC6750-3.1-d] no Authorization header', missing],
  ['[RFC6750-3.1-e] another scheme', { authorization: 'Basic YTpi', ...missing }],
  [
    'another scheme with parameters',
    { authorization: 'Digest username="a", nonce="b"', ...missing },
  ],
  [
    '[RFC6750-3-d] no header, where a guard names a scope',
    {
      optional: true,
      guards: ({ requireScope }) => [requireScope('read:users', 'b')],
      status: 401,
      challenge: { scope: 'read:users b' },
    },
  ],
  [
    'no header, where either of two scopes would do',
    {
      optional: true,
      guards: ({ requireAnyScope }) => [requireAnyScope('a', 'b')],
      status: 401,
      challenge: { scope: 'a' },
    },
  ],
  [
    'no header, where a machine or a scope would do',
    {
      optional: true,
      guards: ({ authorize, anyOf, allOf, client, user: person, scope }) => [
        authorize(anyOf(client(), allOf(person(), scope('a'), scope('b'), scope('a')))),
      ],
      status: 401,
      challenge: { scope: 'a b' },
    },
  ],
  [
    'no header, where no scope would help',
    {
      optional: true,
      guards: ({ requireRole }) => [requireRole('admin')],
      ...missing,
    },
  ],
  ['the scheme alone', { authorization: 'Bearer', ...malformed }],
  ['an empty header', { authorization: '', ...malformed }],
  [
    '[RFC6750-2.1-b] [RFC6750-3.1-a] what is no b64token',
    { authorization: 'Bearer a"b', ...malformed },
  ],
  ['padding alone', { authorization: 'Bearer ==', ...malformed }],
  ['padding in between', { authorization: 'Bearer a=b', ...malformed }],
  ['parameters for a token', { authorization: `Bearer token="${user}"`, ...malformed }],
  ['bytes beyond ASCII', { authorization: 'Bearer t\u00f6ken', ...malformed }],
  [
    '[RFC6750-3.1-a] two headers',
    { authorization: [`Bearer ${user}`, `Bearer ${user}`], ...malformed },
  ],
  ['two headers, one empty', { authorization: [`Bearer ${user}`, ''], ...malformed }],
  ['two credentials in one header', { authorization: `Bearer ${user}, Basic YTpi`, ...malformed }],
  ['the example of RFC 6750', { authorization: 'Bearer mF_9.B5f-4.1JqM', ...invalid }],
  ['an opaque token with padding', { authorization: 'Bearer YWJj==', ...invalid }],
  [
    '[RFC6750-3-e] [RFC6750-3.1-b] an expired token',
    { authorization: `Bearer ${aUserToken({ exp: NOW - 60 })}`, ...invalid },
  ],
  [
    '[RFC6750-5.2-a] a token for another API',
    { authorization: `Bearer ${aUserToken({ aud: 'https://b' })}`, ...invalid },
  ],
  [
    'a token of another issuer',
    { authorization: `Bearer ${aUserToken({ iss: 'https://b' })}`, ...invalid },
  ],
  [
    'no token but an ID token',
    { authorization: `Bearer ${aToken({}, { header: { typ: 'JWT' } })}`, ...invalid },
  ],
  [
    'a missing scope',
    {
      authorization: `Bearer ${user}`,
      guards: ({ requireScope }) => [requireScope('read:users', 'x')],
      status: 403,
      challenge: { error: 'insufficient_scope', scope: 'read:users x' },
    },
  ],
  [
    '[RFC6750-3-d] [RFC6750-3.1-c] a missing scope after guards that passed',
    {
      authorization: `Bearer ${user}`,
      guards: ({ requireScope, requireUser }) => [
        requireScope('read:users'),
        requireUser(),
        requireScope('x'),
      ],
      status: 403,
      challenge: { error: 'insufficient_scope', scope: 'read:users x' },
    },
  ],
  [
    '[RFC9470-3-a] [RFC9470-3-b] a weak sign-in',
    {
      authorization: `Bearer ${user}`,
      guards: ({ requireAuthenticationContext }) => [
        requireAuthenticationContext({ acr: ['phr', 'urn:acme:mfa'], clients: 'refuse' }),
      ],
      status: 401,
      challenge: { error: 'insufficient_user_authentication', acr_values: 'phr urn:acme:mfa' },
    },
  ],
  [
    '[RFC9470-3-a] [RFC9470-3-c] an old sign-in',
    {
      authorization: `Bearer ${aUserToken({ auth_time: NOW - 600 })}`,
      guards: ({ requireAuthenticationContext }) => [
        requireAuthenticationContext({ maxAgeSec: 300, clients: 'refuse' }),
      ],
      status: 401,
      challenge: { error: 'insufficient_user_authentication', max_age: '300' },
    },
  ],
  [
    '[RFC9470-3-d] a sign-in that is neither strong nor recent',
    {
      authorization: `Bearer ${aUserToken({ acr: 'pwd', auth_time: NOW - 600 })}`,
      guards: ({ requireAuthenticationContext }) => [
        requireAuthenticationContext({ acr: 'phr', maxAgeSec: 300, clients: 'refuse' }),
      ],
      status: 401,
      challenge: { error: 'insufficient_user_authentication', acr_values: 'phr', max_age: '300' },
    },
  ],
  [
    '[RFC9470-6.1-a] a sign-in that the token does not date',
    {
      authorization: `Bearer ${user}`,
      guards: ({ requireAuthenticationContext }) => [
        requireAuthenticationContext({ maxAgeSec: 300, clients: 'refuse' }),
      ],
      status: 401,
      challenge: { error: 'insufficient_user_authentication', max_age: '300' },
    },
  ],
  [
    'the wrong kind of caller',
    {
      authorization: `Bearer ${aClientToken()}`,
      guards: ({ requireUser }) => [requireUser()],
      status: 403,
    },
  ],
  [
    'what cannot be judged',
    {
      authorization: `Bearer ${user}`,
      guards: ({ authorize, claim }) => [authorize(claim(broken, 'something'))],
      status: 503,
    },
  ],
];

function broken(): never {
  throw new Error('a database is down');
}

async function refusal(framework: Framework, item: Case, published: boolean): Promise<RawResponse> {
  const { authorization, guards = () => [], optional = false } = item;
  const server = aResourceServer({ realm: 'users' });
  const app = framework.createApp(({ use, route }) => {
    if (published) use(framework.kit.protectedResourceMetadata(server));
    use(framework.authenticate(server, { optional }));
    route('/', ...guards(framework.kit), () => 'in');
  });
  return sendRaw(app, authorization === undefined ? {} : { authorization });
}

describe.each(frameworks)('challenges in $name', (framework) => {
  describe.each([
    ['not published', false],
    ['published: named [RFC9728-5.1-a] beside other parameters [RFC9728-5.1-b]', true],
  ])('metadata is %s', (_, published) => {
    it.each(cases)('%s', async (_what, item) => {
      const response = await refusal(framework, item, published);
      expect(response.status).toBe(item.status);
      const header = response.headers['www-authenticate'];
      if (item.challenge === undefined) return expect(header).toBeUndefined();
      const [challenge, ...others] = parseChallenges(header ?? '');
      expect(others).toEqual([]);
      expect(challenge?.scheme).toBe('Bearer');
      const { error_description: description, ...parameters } = Object.fromEntries(
        challenge?.parameters ?? [],
      );
      expect(parameters).toEqual({
        realm: 'users',
        ...item.challenge,
        ...(published ? { resource_metadata: METADATA } : {}),
      });
      // RFC 6750 §3.1: no error information where there were no credentials.
      expect(description !== undefined).toBe('error' in item.challenge);
      if (description !== undefined) {
        expect(JSON.parse(response.text).error_description).toBe(description);
      }
    });
  });

  it('without published metadata a challenge contains no URL, also if a resource is configured', async () => {
    const server = aResourceServer({ resource: 'https://api.example.com/v1' });
    const app = framework.createApp(({ use }) => use(framework.authenticate(server)));
    const { headers } = await send(app);
    expect(headers['www-authenticate']).toBe('Bearer realm="api"');
  });

  it('metadata that a gateway serves is named in challenges after publishMetadata()', async () => {
    const server = aResourceServer({ resource: 'https://api.example.com/v1' });
    const { url } = server.publishMetadata();
    const app = framework.createApp(({ use }) => use(framework.authenticate(server)));
    const [challenge] = parseChallenges((await send(app)).headers['www-authenticate'] ?? '');
    expect(challenge?.parameters.get('resource_metadata')).toBe(url);
    expect(url).toBe('https://api.example.com/.well-known/oauth-protected-resource/v1');
  });
});
