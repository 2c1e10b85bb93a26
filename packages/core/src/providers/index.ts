// Adding a name here makes it public: `@authly/core/providers`.
export type { TokenHeader } from '../model/token-header.ts';
export type { TypePolicy } from '../model/type-policy.ts';
export { type Auth0Options, auth0 } from './auth0.ts';
export { type AuthentikOptions, authentik } from './authentik.ts';
export { type AuthlibOptions, authlib } from './authlib.ts';
export { type AuthlyOptions, authly } from './authly.ts';
export { type BetterAuthOptions, betterAuth } from './better-auth.ts';
export { type BuildkiteOptions, buildkite } from './buildkite.ts';
export { type CanailleOptions, canaille } from './canaille.ts';
export { type CircleciOptions, circleci } from './circleci.ts';
export { type ClerkCallers, type ClerkOptions, clerk } from './clerk.ts';
export { type CloudflareAccessOptions, cloudflareAccess } from './cloudflare-access.ts';
export { type CognitoOptions, cognito } from './cognito.ts';
export { type CurityOptions, curity } from './curity.ts';
export {
  type CustomAudienceFreeOptions,
  type CustomOptions,
  type CustomProviderOptions,
  custom,
} from './custom.ts';
export { type DescopeOptions, descope } from './descope.ts';
export { type DjangoOptions, django } from './django.ts';
export { type DuendeOptions, duende } from './duende.ts';
export { entra } from './entra.ts';
export { type FirebaseOptions, firebase } from './firebase.ts';
export { type FusionauthOptions, fusionauth } from './fusionauth.ts';
export { type GithubActionsOptions, githubActions } from './github-actions.ts';
export { type GitlabOptions, gitlab } from './gitlab.ts';
export { type GlewlwydOptions, glewlwyd } from './glewlwyd.ts';
export { type GoogleOptions, google } from './google.ts';
export { type HydraOptions, hydra } from './hydra.ts';
export type { CustomClassify, CustomVerdict, IdReader } from './internal/custom-classify.ts';
export type { CustomIntrospected } from './internal/custom-introspected.ts';
export type { KeysOption, ProviderOptions } from './internal/define-provider.ts';
export type { EntraOptions, EntraVersion } from './internal/entra-issuer.ts';
export type { InClusterOptions } from './internal/in-cluster.ts';
export type { OperatorRuleOption, SubjectNamespacesOption } from './internal/subject-namespaces.ts';
export { type KeycloakOptions, keycloak } from './keycloak.ts';
export { type KindeOptions, kinde } from './kinde.ts';
export { type KubernetesOptions, kubernetes } from './kubernetes.ts';
export { type LemonldapOptions, lemonldap } from './lemonldap.ts';
export { type LogtoOptions, logto } from './logto.ts';
export { type OidcProviderOptions, oidcProvider } from './oidc-provider.ts';
export { type OktaOptions, type OktaServerOptions, okta } from './okta.ts';
export { type PingamOptions, pingam } from './pingam.ts';
export { type PingoneOptions, pingone } from './pingone.ts';
export type {
  AudienceFreeProvider,
  AudienceProvider,
  AuthorityReaders,
  Classification,
  Classify,
  IntrospectedRule,
  Provider,
} from './provider.ts';
export { type Rfc9068Options, rfc9068 } from './rfc9068.ts';
export { type SpiffeOptions, spiffe } from './spiffe.ts';
export { type SpringOptions, spring } from './spring.ts';
export { type StytchOptions, stytch } from './stytch.ts';
export { type SupabaseOptions, supabase } from './supabase.ts';
export { type VercelOptions, vercel } from './vercel.ts';
export { type WorkosOptions, type WorkosSessionOptions, workos } from './workos.ts';
export { type ZitadelOptions, zitadel } from './zitadel.ts';
