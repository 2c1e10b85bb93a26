/**
 * What must be set at an authorization server, or asked for by its clients, so that its access tokens
 * name an API: for servers whose tokens do not by default. By preset.
 */
export const AUDIENCE_HINTS: Readonly<Partial<Record<string, string>>> = {
  auth0:
    'Auth0: the client asks for it with the parameter audience in its authorization or token request.',
  duende: 'Duende: the API resource of that name lists the scope that the client asks for.',
  entra:
    "Entra: the client asks for a scope of this API; aud is the API's client id, or its Application ID URI in tokens of version 1.",
  hydra:
    'Hydra: list it in the audience of the OAuth 2.0 client, and ask for it with the parameter audience; without both, aud is empty.',
  keycloak:
    "Keycloak: add a mapper of the type Audience to a scope of the client (Client scopes, Add mapper, By configuration), with it as Included Custom Audience and 'Add to access token' on.",
  okta: 'Okta: it is the audience of the custom authorization server (Security, API).',
  spring:
    "Spring Authorization Server: aud is the client's id by default; add it in an OAuth2TokenCustomizer<JwtEncodingContext>: context.getClaims().audience(List.of(…)) for access tokens.",
  zitadel:
    'ZITADEL: the client asks for the scope urn:zitadel:iam:org:project:id:<project id>:aud.',
};
