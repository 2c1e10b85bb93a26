import { readdirSync, readFileSync } from 'node:fs';
import { isAuthError, type Principal, type ResourceServer } from '@authly/core';
import * as providers from '@authly/core/providers';
import { compactJws, generateTestKey } from '@authly/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Members, merged, parsePresetPage } from './preset-page.ts';

const PAGES = new URL('../../docs/presets/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, PAGES), 'utf8');

/** The exported presets by name, and the name of their files: `githubActions`, `github-actions`. */
const PRESETS = Object.entries(providers)
  .filter(([, value]) => typeof value === 'function')
  .map(([preset]) => ({
    preset,
    file: preset.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
  }));

/** What the snippet of a page exports. */
interface Snippet {
  readonly issuer: providers.Provider;
  readonly resourceServer: ResourceServer;
}

const key = generateTestKey('RS256', 'page');
const NOW_SEC = Math.floor(Date.now() / 1000);

// The snippets name real providers. Here their addresses are answered in this process.
let metadataIssuer = '';
/** What the server says about opaque tokens. */
const answers = new Map<string, Members>();

beforeAll(() => {
  vi.stubGlobal('fetch', answer);
  process.env['INTROSPECTION_SECRET'] = 'the secret of the API';
});

afterAll(() => {
  vi.unstubAllGlobals();
  delete process.env['INTROSPECTION_SECRET'];
});

async function answer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const { pathname } = new URL(request.url);
  if (pathname === '/introspect') {
    const token = new URLSearchParams(await request.text()).get('token') ?? '';
    return Response.json(answers.get(token) ?? { active: false });
  }
  return /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)/.test(pathname)
    ? Response.json({
        issuer: metadataIssuer,
        jwks_uri: 'https://keys.acme.com/jwks',
        introspection_endpoint: 'https://keys.acme.com/introspect',
      })
    : Response.json({ keys: [key.publicJwk] });
}

function tokenOf(header: Members, claims: Members, isAnswer: boolean): string {
  const times = { iat: NOW_SEC - 10, exp: NOW_SEC + 600 };
  if (isAnswer) {
    const token = `opaque-${answers.size}`;
    answers.set(token, { active: true, ...times, ...claims });
    return token;
  }
  return compactJws({ alg: 'RS256', kid: 'page', ...header }, { ...times, ...claims }, key);
}

async function outcomeOf(resourceServer: ResourceServer, token: string): Promise<unknown> {
  try {
    return shown(await resourceServer.verify(token));
  } catch (error) {
    return isAuthError(error) ? error.reason : error;
  }
}

/** The members of a principal that the pages show, without those that are empty. */
function shown(principal: Principal): unknown {
  const { scopes, permissions, roles, groups, tenant, actor } = principal;
  const lists = Object.entries({ scopes, permissions, roles, groups });
  const { kind, clientId } = principal;
  const who =
    kind === 'user'
      ? { kind, userId: principal.userId, clientId }
      : {
          ...{ kind, clientId, agent: principal.agent || undefined },
          subject: principal.subject === clientId ? undefined : principal.subject,
        };
  const all = {
    ...who,
    key: principal.key,
    ...Object.fromEntries(lists.filter(([, list]) => list.length > 0)),
    tenant,
    actor: actor && { subject: actor.subject, clientId: actor.clientId, profile: actor.profile },
  };
  return JSON.parse(JSON.stringify(all));
}

const HEADINGS = [
  /^What to set at /,
  /^Which claim becomes what$/,
  /^How users and machines are told apart$/,
  /^Tokens, and what they are read as$/,
  /^What is refused$/,
  /^Pitfalls$/,
  /^Sources, and versions$/,
];

/** What each page's table of claims says something about, in this order. */
const LISTS_AND_TENANT = ['scopes', 'permissions', 'roles', 'groups', 'tenant'];
const MEMBERS = ['userId', 'clientId', ...LISTS_AND_TENANT, 'actor', 'agent', 'key'];

/** Presets of providers that issue tokens of users only, or of machines only. */
const ONE_KIND = [
  ...['buildkite', 'circleci', 'firebase', 'githubActions', 'gitlab', 'kubernetes', 'spiffe'],
  ...['supabase', 'vercel'],
];

describe.each(PRESETS)('docs/presets/$file.md', ({ file, preset }) => {
  const text = read(`${file}.md`);
  const page = parsePresetPage(text);
  let snippet: Snippet;

  beforeAll(async () => {
    snippet = await import(`./snippets/presets/${file}.ts`);
  });

  beforeEach(() => {
    metadataIssuer = snippet.issuer.issuer;
  });

  it('configures the preset that it is about', () => {
    expect(snippet.issuer.preset).toBe(preset);
  });

  it('has the sections of every page, and shows only tokens that are tried here', () => {
    expect(page.headings.map((heading) => HEADINGS.findIndex((one) => one.test(heading)))).toEqual(
      HEADINGS.map((_, index) => index),
    );
    expect(page.untried).toBe(0);
    expect(page.refusals.length).toBeGreaterThan(0);
    expect([...page.sources.keys()]).toEqual(MEMBERS);
    expect(page.onYourWord).toBeDefined();
  });

  it('shows a token of each kind that the provider issues', () => {
    const kinds = new Set(page.tokens.map(({ reading }) => reading['kind']));
    expect(kinds.size).toBe(ONE_KIND.includes(preset) ? 1 : 2);
  });

  it.each(page.tokens)(
    'shows how a token is read: $name',
    async ({ header, claims, isAnswer, reading }) => {
      const token = tokenOf(header, claims, isAnswer);
      expect(await outcomeOf(snippet.resourceServer, token)).toEqual(reading);
    },
  );

  it.each(page.refusals)('shows why a token is refused: $what', async (refusal) => {
    const { part, change, reason } = refusal;
    const good = page.tokens.filter(({ name }) => name === refusal.token);
    expect(good).toHaveLength(1);
    const [{ header, claims, isAnswer } = { header: {}, claims: {}, isAnswer: false }] = good;
    const token =
      part === 'header'
        ? tokenOf(merged(header, change), claims, isAnswer)
        : tokenOf(header, merged(claims, change), isAnswer);
    expect(await outcomeOf(snippet.resourceServer, token)).toBe(reason);
    const { rule } = await snippet.resourceServer.explain(token);
    expect(refusal.rule).toBe(reason === 'principal_ambiguous' ? rule : undefined);
  });

  it.each(LISTS_AND_TENANT)(
    'names the claims of %s, or says that there are none',
    async (member) => {
      const cell = page.sources.get(member) ?? '';
      const having = page.tokens.filter(({ reading }) => reading[member] !== undefined);
      if (/^none\b/.test(cell)) {
        expect(having).toEqual([]);
        // Each preset has a reader of scopes, which may find none.
        if (member !== 'scopes') expect(snippet.issuer.authority).not.toHaveProperty(member);
        return;
      }
      expect(having.length).toBeGreaterThan(0);
      for (const { header, claims, isAnswer } of having) {
        const others = Object.entries(claims).filter(([claim]) => !isNamed(claim, cell));
        const token = tokenOf(header, Object.fromEntries(others), isAnswer);
        // Then the token has none, or is refused.
        expect(await outcomeOf(snippet.resourceServer, token)).not.toHaveProperty(member);
      }
    },
  );

  it('links to the index, and the index links to it', () => {
    expect(text).toContain('](README.md)');
    expect(read('README.md')).toMatch(new RegExp(`^\\| \\[[^\\]]+\\]\\(${file}\\.md\\) \\|`, 'm'));
  });
});

/** Whether a cell names a claim, alone or with members of its value: `realm_access.roles`. */
function isNamed(claim: string, cell: string): boolean {
  const names = [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  return names.some((name) => name === claim || name.startsWith(`${claim}.`));
}

it('docs/presets has a page for each preset that is exported, and no other', () => {
  const pages = readdirSync(PAGES).filter((name) => name !== 'README.md');
  expect(pages.toSorted()).toEqual(PRESETS.map(({ file }) => `${file}.md`).toSorted());
});

describe('the code for providers', () => {
  it('of auth0.md puts the roles of a user into the claim that the API reads', async () => {
    const { issuer, onExecutePostLogin } = await import('./snippets/presets/auth0.ts');
    const claims: Record<string, unknown> = {};
    const setCustomClaim = (name: string, value: unknown) => {
      claims[name] = value;
    };
    const api = { accessToken: { setCustomClaim } };
    await onExecutePostLogin({ authorization: { roles: ['admin'] } }, api);
    expect(issuer.authority.roles?.(claims)).toEqual(['admin']);
    await onExecutePostLogin({}, api);
    expect(issuer.authority.roles?.(claims)).toEqual([]);
  });

  it.each([
    [['authorization_code'], 'user'],
    [['refresh_token'], 'user'],
    [['client_credentials'], 'client'],
    [['urn:ietf:params:oauth:grant-type:jwt-bearer'], 'unknown'],
    [[], 'unknown'],
  ])('of hydra.md says for the grants %j: %s', async (grants, kind) => {
    const { answerTokenHook, issuer } = await import('./snippets/presets/hydra.ts');
    const { session } = answerTokenHook({
      request: { grant_types: grants },
      session: { extra: { plan: 'pro', caller_type: 'human' } },
    });
    expect(session.access_token).toMatchObject({ plan: 'pro' });
    const claims = { ...session.access_token, sub: 's', client_id: 'c' };
    expect(issuer.classify(claims, {}).kind).toBe(kind);
  });

  it.each([
    ['ClientCredentials', 'c', 'client'],
    ['AccessToken', 's', 'user'],
    ['AccessToken', 'c', 'user'],
  ])('of oidc-provider.md says for a token %s of %s: %s', async (kind, sub, expected) => {
    const { configuration, issuer } = await import('./snippets/presets/oidc-provider.ts');
    const claims = { ...configuration.extraTokenClaims({}, { kind }), sub, client_id: 'c' };
    expect(issuer.classify(claims, {}).kind).toBe(expected);
  });

  it.each([
    [{ human: { email: 'ada@acme.com' } }, 'user'],
    [{ machine: { name: 'nightly-sync' } }, 'client'],
    [{}, 'unknown'],
  ])('of zitadel.md says for %j: %s', async (user, kind) => {
    const { callerType, issuer } = await import('./snippets/presets/zitadel.ts');
    const claims: Record<string, string> = {
      ...{ sub: '1', client_id: 'c', 'urn:zitadel:iam:user:resourceowner:id': '301870000009' },
    };
    const setClaim = (name: string, value: string) => {
      claims[name] = value;
    };
    callerType({ v1: { getUser: () => user } }, { v1: { claims: { setClaim } } });
    expect(issuer.classify(claims, {}).kind).toBe(kind);
  });
});

describe('the second way to write a preset', () => {
  it.each([
    [{ sub: 'ada', aud: 'web-app' }, 'user'],
    [{ sub: 'nightly-sync', aud: 'nightly-sync' }, 'client'],
    [{ sub: 'nightly-sync', aud: 'nightly-sync', roles: ['FACTOR_PASSWORD'] }, 'unknown'],
    [{ sub: 'ada', aud: ['web-app', 'other'] }, 'unknown'],
  ])('reads %j at Spring without a customizer: %s', async (claims, kind) => {
    const { withoutCustomizer } = await import('./snippets/presets/spring.ts');
    expect(withoutCustomizer.classify({ ...claims, scope: ['read'] }, {}).kind).toBe(kind);
  });

  it.each([
    [{ sub: 'ada', client_id: 'web-app' }, 'user'],
    [{ sub: 'nightly-sync', client_id: 'nightly-sync' }, 'client'],
    [{ sub: 'web-app', client_id: 'web-app', ext: { email: 'ada@acme.com' } }, 'unknown'],
  ])('reads %j at Hydra without the hook: %s', async (claims, kind) => {
    const { withoutHook } = await import('./snippets/presets/hydra.ts');
    expect(withoutHook.classify(claims, {}).kind).toBe(kind);
  });

  it.each([
    [{ sub: 'ada', client_id: 'web-app' }, 'user'],
    [{ sub: 'nightly-sync', client_id: 'nightly-sync', sid: 's' }, 'client'],
    [{ sub: 'web-app', client_id: 'web-app', email: 'ada@acme.com' }, 'unknown'],
  ])('reads %j at LemonLDAP::NG without the macro: %s', async (claims, kind) => {
    const { withoutMacro } = await import('./snippets/presets/lemonldap.ts');
    expect(withoutMacro.classify(claims, {}).kind).toBe(kind);
  });

  it('reads sessions of WorkOS, and no token of a machine', async () => {
    const { sessions } = await import('./snippets/presets/workos.ts');
    const session = { iss: 'https://api.workos.com', sub: 'user_01AB', sid: 'session_01HQ' };
    expect(sessions.accepts(session, {})).toBe(true);
    expect(sessions.classify(session, {}).kind).toBe('user');
    const machine = { iss: 'https://api.workos.com', sub: 'client_01', client_id: 'client_01' };
    expect(sessions.accepts(machine, {})).toBe(false);
  });
});
