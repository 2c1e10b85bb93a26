import { auth0 } from './auth0.ts';
import { authentik } from './authentik.ts';
import { authly } from './authly.ts';
import { clerk } from './clerk.ts';
import { cognito } from './cognito.ts';
import { curity } from './curity.ts';
import { custom } from './custom.ts';
import { descope } from './descope.ts';
import { duende } from './duende.ts';
import { entra } from './entra.ts';
import { firebase } from './firebase.ts';
import { fusionauth } from './fusionauth.ts';
import { githubActions } from './github-actions.ts';
import { google } from './google.ts';
import { hydra } from './hydra.ts';
import { keycloak } from './keycloak.ts';
import { kinde } from './kinde.ts';
import { kubernetes } from './kubernetes.ts';
import { logto } from './logto.ts';
import { oidcProvider } from './oidc-provider.ts';
import { okta } from './okta.ts';
import { pingam } from './pingam.ts';
import { pingone } from './pingone.ts';
import { rfc9068 } from './rfc9068.ts';
import { spiffe } from './spiffe.ts';
import { spring } from './spring.ts';
import { stytch } from './stytch.ts';
import { workos } from './workos.ts';
import { zitadel } from './zitadel.ts';

/** The tokens of every provider that a preset is for. */
export interface ProviderShapes {
  readonly auth0: typeof auth0;
  readonly authentik: typeof authentik;
  readonly authly: typeof authly;
  readonly clerk: typeof clerk;
  readonly cognito: typeof cognito;
  readonly curity: typeof curity;
  readonly custom: typeof custom;
  readonly descope: typeof descope;
  readonly duende: typeof duende;
  readonly entra: typeof entra;
  readonly firebase: typeof firebase;
  readonly fusionauth: typeof fusionauth;
  readonly githubActions: typeof githubActions;
  readonly google: typeof google;
  readonly hydra: typeof hydra;
  readonly keycloak: typeof keycloak;
  readonly kinde: typeof kinde;
  readonly kubernetes: typeof kubernetes;
  readonly logto: typeof logto;
  readonly oidcProvider: typeof oidcProvider;
  readonly okta: typeof okta;
  readonly pingam: typeof pingam;
  readonly pingone: typeof pingone;
  readonly rfc9068: typeof rfc9068;
  readonly spiffe: typeof spiffe;
  readonly spring: typeof spring;
  readonly stytch: typeof stytch;
  readonly workos: typeof workos;
  readonly zitadel: typeof zitadel;
}

/** By the name of the preset, as `@authly/core/providers` exports it. */
export const PROVIDER_SHAPES: ProviderShapes = {
  auth0,
  authentik,
  authly,
  clerk,
  cognito,
  curity,
  custom,
  descope,
  duende,
  entra,
  firebase,
  fusionauth,
  githubActions,
  google,
  hydra,
  keycloak,
  kinde,
  kubernetes,
  logto,
  oidcProvider,
  okta,
  pingam,
  pingone,
  rfc9068,
  spiffe,
  spring,
  stytch,
  workos,
  zitadel,
};
