import { readFileSync } from 'node:fs';
import { isAuthError, type ResourceServer } from '@authly/core';
import * as providers from '@authly/core/providers';
import { type LikePreset, testIssuer } from '@authly/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Members, parsePresetPage } from './preset-page.ts';

/** What these presets read are answers of introspection, which no test issuer mints. */
const BY_INTROSPECTION_ALONE = ['canaille', 'django'];

const PRESETS = Object.entries(providers)
  .filter(([, value]) => typeof value === 'function')
  .map(([preset]) => preset)
  .filter((preset) => !BY_INTROSPECTION_ALONE.includes(preset));

const fileOf = (preset: string) => preset.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const WORKLOADS = ['buildkite', 'circleci', 'githubActions', 'gitlab', 'vercel'];
const WITHOUT_USERS = [...WORKLOADS, 'kubernetes', 'spiffe'];
/** Whose ID tokens the preset accepts, or who issues none. */
const WITHOUT_ID_TOKEN = [...WITHOUT_USERS, 'authly', 'cloudflareAccess', 'firebase', 'google'];
const WITHOUT_MACHINES = ['firebase', 'supabase'];

function isPreset(name: string): name is LikePreset {
  return Object.hasOwn(providers, name);
}

function issuerLike(preset: string, audience?: unknown) {
  if (!isPreset(preset)) throw new Error(`${preset} is no preset`);
  return testIssuer({
    like: preset,
    audience: typeof audience === 'string' ? audience : undefined,
  });
}

async function outcomeOf(server: ResourceServer, token: string): Promise<unknown> {
  try {
    return (await server.verify(token)).kind;
  } catch (error) {
    return isAuthError(error) ? error.status : error;
  }
}

describe.each(PRESETS)('testIssuer({ like: %j }), read by the preset of the page', (preset) => {
  const issuer = issuerLike(preset);
  const file = fileOf(preset);
  const page = parsePresetPage(
    readFileSync(new URL(`../../docs/presets/${file}.md`, import.meta.url), 'utf8'),
  );
  let server: ResourceServer;

  // The page's own configuration, and nothing else, is what reads the tokens: its keys are fetched.
  beforeEach(async () => {
    vi.resetModules();
    vi.stubGlobal('fetch', issuer.fetch);
    const snippet: { readonly resourceServer: ResourceServer } = await import(
      `./snippets/presets/${file}.ts`
    );
    server = snippet.resourceServer;
  });

  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('makes a token of a user, or has no users', async () => {
    expect(issuer.aUserToken === undefined).toBe(WITHOUT_USERS.includes(preset));
    if (issuer.aUserToken) expect(await outcomeOf(server, issuer.aUserToken())).toBe('user');
  });

  it('makes a token of a machine, or has no machines', async () => {
    expect(issuer.aClientToken === undefined).toBe(WITHOUT_MACHINES.includes(preset));
    if (issuer.aClientToken) expect(await outcomeOf(server, issuer.aClientToken())).toBe('client');
  });

  it('makes an ID token and a refresh token that are refused', async () => {
    expect(issuer.aIdToken === undefined).toBe(WITHOUT_ID_TOKEN.includes(preset));
    if (issuer.aIdToken) {
      expect(await outcomeOf(server, issuer.aIdToken())).toBe(401);
      // Not for its audience alone: it has the marks of an ID token.
      const forTheApi = issuer.aIdToken({ aud: issuer.audience });
      expect(await outcomeOf(server, forTheApi)).toBe(401);
    }
    expect(issuer.aRefreshToken === undefined).toBe(WITHOUT_USERS.includes(preset));
    if (issuer.aRefreshToken) expect(await outcomeOf(server, issuer.aRefreshToken())).toBe(401);
  });

  it('makes the tokens that the page shows', () => {
    for (const [kind, name] of [
      ['user', 'aUserToken'],
      ['client', 'aClientToken'],
    ] as const) {
      const shown = page.tokens.find(({ reading }) => reading['kind'] === kind);
      // Of three providers the page's machines and users have different audiences.
      const mint = issuerLike(preset, shown?.claims['aud'])[name];
      expect(mint === undefined).toBe(shown === undefined);
      if (shown === undefined || mint === undefined) continue;
      expect(comparable(partsOf(mint()))).toEqual(comparable(shown));
    }
  });
});

interface Parts {
  readonly header: Members;
  readonly claims: Members;
}

function partsOf(token: string): Parts {
  const [header = {}, claims = {}] = token
    .split('.', 2)
    .map((part): Members => JSON.parse(Buffer.from(part, 'base64url').toString()));
  return { header, claims };
}

/** What differs from token to token, or from one form of the issuer to the other, is left out. */
function comparable({ header, claims }: Parts): Parts {
  const { alg: _alg, kid: _kid, ...marks } = header;
  const { iss: _iss, iat: _iat, exp: _exp, ...others } = claims;
  const renewed = Object.keys(others).filter((name) => ['jti', 'nbf', 'auth_time'].includes(name));
  return {
    header: marks,
    claims: { ...others, ...Object.fromEntries(renewed.map((name) => [name, 'renewed'])) },
  };
}

it('the error for an unknown provider names exactly the presets', () => {
  const names = PRESETS.toSorted().join(', ');
  // @ts-expect-error A name that no preset has.
  expect(() => testIssuer({ like: 'auth1' })).toThrow(names);
});
