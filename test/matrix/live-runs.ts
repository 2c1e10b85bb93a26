import type { Column } from './evidence.ts';

/** A test in which the provider's own software issues the tokens, each time it runs. */
export interface LiveRun {
  readonly preset: string;
  readonly column: Column;
  /** The test file, and a text that its test has. */
  readonly file: string;
  readonly test: string;
  /** What runs. */
  readonly software: string;
}

const OIDC_PROVIDER = 'oidc-provider, as installed';
const BETTER_AUTH = 'Better Auth, as installed';
const ISSUER = '`@authly/issuer` of this release';

/** The live runs. The tests of this folder look that each is there. */
export const LIVE_RUNS: readonly LiveRun[] = [
  {
    preset: 'oidcProvider',
    column: 'jwt',
    file: 'test/counterparts/oidc-provider.test.ts',
    test: 'a user’s token is recognized as a user’s',
    software: OIDC_PROVIDER,
  },
  {
    preset: 'oidcProvider',
    column: 'opaque',
    file: 'test/counterparts/oidc-provider-introspection.test.ts',
    test: 'opaque tokens of oidc-provider',
    software: OIDC_PROVIDER,
  },
  {
    preset: 'oidcProvider',
    column: 'dpop',
    file: 'test/counterparts/bound-tokens.test.ts',
    test: 'bound tokens of oidc-provider',
    software: OIDC_PROVIDER,
  },
  {
    preset: 'betterAuth',
    column: 'opaque',
    file: 'test/counterparts/better-auth-introspection.test.ts',
    test: 'opaque tokens of Better Auth',
    software: BETTER_AUTH,
  },
  {
    preset: 'betterAuth',
    column: 'dpop',
    file: 'test/counterparts/better-auth.test.ts',
    test: 'bound tokens of Better Auth',
    software: BETTER_AUTH,
  },
  {
    preset: 'authly',
    column: 'jwt',
    file: 'test/counterparts/openid-client.test.ts',
    test: 'our tokens are valid JWT access tokens to oauth4webapi',
    software: ISSUER,
  },
];
