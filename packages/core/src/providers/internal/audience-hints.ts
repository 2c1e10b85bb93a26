/**
 * By preset: what must be set at the authorization server, or asked for by its clients, so that access tokens
 * name an API. For servers whose tokens do not name one by default.
 */
export const AUDIENCE_HINTS: Readonly<Partial<Record<string, string>>> = {
  auth0:
    'Auth0: the client asks for it with the parameter audience in its authorization or token request.',
  authlib:
    "Authlib: aud is the client's id until get_audiences of your token generator names the API.",
  betterAuth: 'Better Auth: the client asks for it with the parameter resource.',
  buildkite: 'Buildkite: the job asks for it with --audience.',
  canaille: "Canaille: add the API's client to the audiences of the client that calls.",
  circleci: 'CircleCI: the job asks for it by circleci run oidc get --claims \'{"aud": "…"}\'.',
  cloudflareAccess: 'Cloudflare Access: it is the AUD tag of the application.',
  django: 'Django OAuth Toolkit: the client asks for it with the parameter resource.',
  duende: 'Duende: the API resource of that name lists the scope that the client asks for.',
  entra:
    "Entra: the client asks for a scope of this API; aud is the API's client id, or its Application ID URI in tokens of version 1.",
  gitlab: 'GitLab: the job names it as aud in id_tokens.',
  glewlwyd:
    'Glewlwyd: the client asks for it with the parameter resource; without it, aud is the list of scopes.',
  hydra:
    'Hydra: list it in the audience of the OAuth 2.0 client, and ask for it with the parameter audience; without both, aud is empty.',
  keycloak:
    "Keycloak: add a mapper of the type Audience to a scope of the client (Client scopes, Add mapper, By configuration), with it as Included Custom Audience and 'Add to access token' on.",
  lemonldap: 'LemonLDAP::NG: it is one of the additional audiences of the relying party.',
  okta: 'Okta: it is the audience of the custom authorization server (Security, API).',
  spring:
    "Spring Authorization Server: aud is the client's id by default; add it in an OAuth2TokenCustomizer<JwtEncodingContext>: context.getClaims().audience(List.of(…)) for access tokens.",
  supabase: "Supabase: aud is 'authenticated' in every token of the project.",
  vercel: 'Vercel: the deployment asks for it by exchangeVercelOidcToken({ token, audience }).',
  zitadel:
    'ZITADEL: the client asks for the scope urn:zitadel:iam:org:project:id:<project id>:aud.',
};
