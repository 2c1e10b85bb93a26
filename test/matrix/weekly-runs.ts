import type { Column } from './evidence.ts';

/**
 * A server of a provider that `npx pnpm counterpart <name>` starts. Somebody runs it by hand, and a
 * workflow every week.
 */
export interface WeeklyRun {
  /** The name of the command. */
  readonly name: string;
  readonly preset: string;
  /** The software, with the version of the last run in docs/counterparts.md. */
  readonly software: string;
  /** For each kind of token: a file below `test/counterparts`, and the name of a check in it. */
  readonly checks: Readonly<Partial<Record<Column, readonly [file: string, check: string]>>>;
}

/** The weekly runs. The tests of this folder check that each file, check and command exists. */
export const WEEKLY_RUNS: readonly WeeklyRun[] = [
  {
    name: 'authlib',
    preset: 'authlib',
    software: 'authlib 1.9.10',
    checks: {
      jwt: ['names/authlib.ts', 'a user whose key is the id of a client'],
      opaque: ['names/authlib.ts', "a client that is called like a user's key"],
    },
  },
  {
    name: 'canaille',
    preset: 'canaille',
    software: 'canaille 0.3.6',
    checks: { opaque: ['names/canaille.ts', 'a user named like a client'] },
  },
  {
    name: 'dex',
    preset: 'custom',
    software: 'dex ab64ed7',
    checks: { opaque: ['names/dex.ts', 'a user whose id is that of a client'] },
  },
  {
    name: 'django',
    preset: 'django',
    software: 'django-oauth-toolkit 3.4.1',
    checks: { opaque: ['django/opaque-tokens.ts', 'a user named like a client'] },
  },
  {
    name: 'glewlwyd',
    preset: 'glewlwyd',
    software: 'glewlwyd 2.7.5',
    checks: {
      jwt: ['glewlwyd/jwts.ts', 'a user named like a client'],
      opaque: ['glewlwyd/introspection.ts', 'a user named like a client'],
      dpop: ['glewlwyd/bound-tokens.ts', "a bound token with another key's proof"],
      logout: ['glewlwyd/logout.ts', 'after sign-out, within a second'],
    },
  },
  {
    name: 'hydra',
    preset: 'hydra',
    software: 'hydra 2.3.0',
    checks: {
      jwt: ['hydra/jwts.ts', 'a user, by the mark of the token hook'],
      opaque: ['hydra/opaque-tokens.ts', 'a refresh token'],
      logout: ['hydra/logout.ts', 'after sign-out, within a second'],
    },
  },
  {
    name: 'keycloak',
    preset: 'keycloak',
    software: 'keycloak 26.7.3',
    checks: {
      jwt: ['keycloak/jwts.ts', 'a user named like a service account'],
      opaque: ['keycloak/introspection.ts', "a machine's lightweight token"],
      dpop: ['keycloak/bound-tokens.ts', "a bound token with another key's proof"],
      mtls: ['keycloak/bound-tokens.ts', 'a machine with its certificate'],
      logout: ['keycloak/logout.ts', 'after sign-out, within a second'],
      exchange: ['keycloak/jwts.ts', "a user's token that a service has exchanged"],
    },
  },
  {
    name: 'kubernetes',
    preset: 'kubernetes',
    software: 'kubernetes 1.37.2',
    checks: { jwt: ['names/kubernetes.ts', "a pod's token"] },
  },
  {
    name: 'lemonldap',
    preset: 'lemonldap',
    software: 'lemonldap-ng 2.16.1',
    checks: {
      jwt: ['lemonldap/jwts.ts', 'a user named like a client'],
      opaque: ['lemonldap/introspection.ts', 'a machine, opaque'],
    },
  },
  {
    name: 'spire',
    preset: 'spiffe',
    software: 'spire 1.13.3',
    checks: { jwt: ['names/spire.ts', 'a workload named /user/ada'] },
  },
  {
    name: 'spring',
    preset: 'spring',
    software: 'spring-authorization-server 7.0.6',
    checks: {
      jwt: ['spring/jwts.ts', 'a user, by the mark of the customizer'],
      opaque: ['spring/opaque-tokens.ts', 'a refresh token'],
      dpop: ['spring/jwts.ts', "a bound token with another key's proof"],
      mtls: ['spring/certificates.ts', 'with another certificate'],
      exchange: ['spring/jwts.ts', "a user's token, exchanged"],
    },
  },
  {
    name: 'supabase',
    preset: 'supabase',
    software: 'supabase-auth 2.196.0',
    checks: { jwt: ['names/supabase.ts', 'a person through another app'] },
  },
];
