import { auth0 } from './auth0.ts';
import { authentik } from './authentik.ts';
import { authlib } from './authlib.ts';
import { authly } from './authly.ts';
import { betterAuth } from './better-auth.ts';
import { buildkite } from './buildkite.ts';
import { circleci } from './circleci.ts';
import { clerk } from './clerk.ts';
import { cloudflareAccess } from './cloudflare-access.ts';
import { cognito } from './cognito.ts';
import { curity } from './curity.ts';
import { custom } from './custom.ts';
import { descope } from './descope.ts';
import { duende } from './duende.ts';
import { entra } from './entra.ts';
import { firebase } from './firebase.ts';
import { fusionauth } from './fusionauth.ts';
import { githubActions } from './github-actions.ts';
import { gitlab } from './gitlab.ts';
import { glewlwyd } from './glewlwyd.ts';
import { google } from './google.ts';
import { hydra } from './hydra.ts';
import { keycloak } from './keycloak.ts';
import { kinde } from './kinde.ts';
import { kubernetes } from './kubernetes.ts';
import { lemonldap } from './lemonldap.ts';
import { logto } from './logto.ts';
import { oidcProvider } from './oidc-provider.ts';
import { okta } from './okta.ts';
import { pingam } from './pingam.ts';
import { pingone } from './pingone.ts';
import { rfc9068 } from './rfc9068.ts';
import { spiffe } from './spiffe.ts';
import { spring } from './spring.ts';
import { stytch } from './stytch.ts';
import { supabase } from './supabase.ts';
import { vercel } from './vercel.ts';
import { workos } from './workos.ts';
import { zitadel } from './zitadel.ts';

/**
 * The tokens of each provider that has a preset. Django OAuth Toolkit and Canaille are missing, because their
 * presets read answers of introspection.
 */
export interface ProviderShapes {
  readonly auth0: typeof auth0;
  readonly authentik: typeof authentik;
  readonly authlib: typeof authlib;
  readonly authly: typeof authly;
  readonly betterAuth: typeof betterAuth;
  readonly buildkite: typeof buildkite;
  readonly circleci: typeof circleci;
  readonly clerk: typeof clerk;
  readonly cloudflareAccess: typeof cloudflareAccess;
  readonly cognito: typeof cognito;
  readonly curity: typeof curity;
  readonly custom: typeof custom;
  readonly descope: typeof descope;
  readonly duende: typeof duende;
  readonly entra: typeof entra;
  readonly firebase: typeof firebase;
  readonly fusionauth: typeof fusionauth;
  readonly githubActions: typeof githubActions;
  readonly gitlab: typeof gitlab;
  readonly glewlwyd: typeof glewlwyd;
  readonly google: typeof google;
  readonly hydra: typeof hydra;
  readonly keycloak: typeof keycloak;
  readonly kinde: typeof kinde;
  readonly kubernetes: typeof kubernetes;
  readonly lemonldap: typeof lemonldap;
  readonly logto: typeof logto;
  readonly oidcProvider: typeof oidcProvider;
  readonly okta: typeof okta;
  readonly pingam: typeof pingam;
  readonly pingone: typeof pingone;
  readonly rfc9068: typeof rfc9068;
  readonly spiffe: typeof spiffe;
  readonly spring: typeof spring;
  readonly stytch: typeof stytch;
  readonly supabase: typeof supabase;
  readonly vercel: typeof vercel;
  readonly workos: typeof workos;
  readonly zitadel: typeof zitadel;
}

/** By the name of the preset, as `@authly/core/providers` exports it. */
export const PROVIDER_SHAPES: ProviderShapes = {
  auth0,
  authentik,
  authlib,
  authly,
  betterAuth,
  buildkite,
  circleci,
  clerk,
  cloudflareAccess,
  cognito,
  curity,
  custom,
  descope,
  duende,
  entra,
  firebase,
  fusionauth,
  githubActions,
  gitlab,
  glewlwyd,
  google,
  hydra,
  keycloak,
  kinde,
  kubernetes,
  lemonldap,
  logto,
  oidcProvider,
  okta,
  pingam,
  pingone,
  rfc9068,
  spiffe,
  spring,
  stytch,
  supabase,
  vercel,
  workos,
  zitadel,
};
