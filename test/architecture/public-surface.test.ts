import * as client from '@authly/client';
import * as core from '@authly/core';
import * as adapter from '@authly/core/adapter';
import * as coreClient from '@authly/core/client';
import * as jwt from '@authly/core/jwt';
import * as node from '@authly/core/node';
import * as providers from '@authly/core/providers';
import * as express from '@authly/express';
import * as expressNoGlobal from '@authly/express/no-global';
import * as expressNode from '@authly/express/node';
import * as expressProviders from '@authly/express/providers';
import * as issuer from '@authly/issuer';
import * as koa from '@authly/koa';
import * as koaNode from '@authly/koa/node';
import * as koaProviders from '@authly/koa/providers';
import * as mcp from '@authly/mcp';
import * as redis from '@authly/redis';
import * as signals from '@authly/signals';
import * as testing from '@authly/testing';
import * as contracts from '@authly/testing/contracts';
import { describe, expect, it } from 'vitest';

// What is there at run time. A change here is a change of the public surface: it wants a change note.
describe('the public surface', () => {
  it('@authly/core', () => {
    expect(namesOf(core)).toMatchInlineSnapshot(`
      [
        "AuthError",
        "ConfigurationError",
        "DPOP_CORS",
        "FormError",
        "LeaseEndedError",
        "REVOCATION_KINDS",
        "RefusedError",
        "ReplayStoreFullError",
        "RevocationStoreFullError",
        "actor",
        "allOf",
        "anonymous",
        "anyOf",
        "anyScope",
        "authenticationContext",
        "authorizationDetail",
        "bearerToken",
        "checkOptions",
        "claim",
        "client",
        "clientOf",
        "clientSecretBasic",
        "clientSecretPost",
        "closeWithLease",
        "createResourceServer",
        "createRevocations",
        "credentialsOf",
        "findPrincipal",
        "firstMessage",
        "fromCookie",
        "fromHeader",
        "fromSubprotocol",
        "group",
        "guardUpgrade",
        "headerCertificate",
        "isAuthError",
        "isFormError",
        "isLeaseEndedError",
        "isReplayStoreFullError",
        "isRevocationStoreFullError",
        "markStops",
        "memoryReplayStore",
        "memoryRevocations",
        "mustBe",
        "nodeRequestView",
        "openapiSecurity",
        "permission",
        "principalOf",
        "privateKeyJwt",
        "readBody",
        "readForm",
        "refusalOf",
        "revocationIdsOf",
        "role",
        "scope",
        "socketCertificate",
        "systemClock",
        "tenant",
        "tlsClientAuth",
        "user",
        "userOf",
      ]
    `);
  });

  it('@authly/core/adapter', () => {
    expect(namesOf(adapter)).toMatchInlineSnapshot(`
      [
        "EVENT_STREAM_HEADERS",
        "admissionBehind",
        "admissionMode",
        "admissionOf",
        "admitPrincipal",
        "admitRequest",
        "answerRefusal",
        "answerThrown",
        "assertGuardedRoutes",
        "calledByOtherFramework",
        "checkHandler",
        "checkRequirement",
        "checkResourceServer",
        "createEventSink",
        "createStoreOutage",
        "describeRoutes",
        "errorMiddleware",
        "errorsOf",
        "eventStreamLease",
        "eventStreamOptions",
        "exchangeView",
        "guardMakers",
        "guardRequest",
        "isPrincipalKey",
        "isRequirement",
        "isResourceServer",
        "isThenable",
        "memberOf",
        "misplacedMetadata",
        "neutralMiddleware",
        "nodeHandlerRequest",
        "notDescribable",
        "openEventStream",
        "pathPart",
        "presentedTokenOf",
        "rawHeader",
        "refuseMore",
        "refuseOtherFramework",
        "refuseUncalled",
        "requestMember",
      ]
    `);
  });

  it('@authly/core/jwt', () => {
    expect(namesOf(jwt)).toMatchInlineSnapshot(`
      [
        "createSignedJwtVerifier",
      ]
    `);
  });

  it('@authly/core/node', () => {
    expect(namesOf(node)).toMatchInlineSnapshot(`
      [
        "fileKeySnapshots",
        "nodeFetch",
      ]
    `);
  });

  it('@authly/core/providers', () => {
    expect(namesOf(providers)).toMatchInlineSnapshot(`
      [
        "auth0",
        "authentik",
        "authlib",
        "authly",
        "betterAuth",
        "buildkite",
        "canaille",
        "circleci",
        "clerk",
        "cloudflareAccess",
        "cognito",
        "curity",
        "custom",
        "descope",
        "django",
        "duende",
        "entra",
        "firebase",
        "fusionauth",
        "githubActions",
        "gitlab",
        "glewlwyd",
        "google",
        "hydra",
        "keycloak",
        "kinde",
        "kubernetes",
        "lemonldap",
        "logto",
        "oidcProvider",
        "okta",
        "pingam",
        "pingone",
        "rfc9068",
        "spiffe",
        "spring",
        "stytch",
        "supabase",
        "vercel",
        "workos",
        "zitadel",
      ]
    `);
  });

  it('@authly/express is @authly/core and what follows', () => {
    expect(namesOf(express)).toEqual(expect.arrayContaining([...namesOf(core)]));
    const own = namesOf(express).filter((name) => !(name in core));
    expect(own).toMatchInlineSnapshot(`
      [
        "assertGuarded",
        "authErrorHandler",
        "authenticate",
        "authorize",
        "describeRequirements",
        "eventStream",
        "mount",
        "protectedResourceMetadata",
        "requireActor",
        "requireAnyScope",
        "requireAuthenticationContext",
        "requireAuthorizationDetail",
        "requireClient",
        "requireGroup",
        "requirePermission",
        "requireRole",
        "requireScope",
        "requireTenant",
        "requireUser",
      ]
    `);
  });

  it('@authly/koa is named like @authly/express', () => {
    expect(namesOf(koa)).toEqual(namesOf(express));
  });

  it('@authly/issuer', () => {
    expect(namesOf(issuer)).toMatchInlineSnapshot(`
      [
        "IssuanceError",
        "SUBJECT_TYPE_CLAIM",
        "TokenRequestError",
        "createIssuer",
        "generateClientSecret",
        "generateSigningKey",
        "hashClientSecret",
        "isClientId",
        "isIssuanceError",
        "isTokenRequestError",
        "memoryClientStore",
        "userSubject",
      ]
    `);
  });

  it('@authly/redis', () => {
    expect(namesOf(redis)).toMatchInlineSnapshot(`
      [
        "ioredis",
        "iovalkey",
        "nodeRedis",
        "nodeRedisCluster",
        "redisStores",
      ]
    `);
  });

  it('@authly/client', () => {
    expect(namesOf(client)).toMatchInlineSnapshot(`
      [
        "TokenSourceError",
        "certificateFetch",
        "clientSecretBasic",
        "clientSecretPost",
        "isTokenSourceError",
        "privateKeyJwt",
        "tlsClientAuth",
        "tokenSource",
        "workloadToken",
      ]
    `);
  });

  it('@authly/core/client', () => {
    expect(namesOf(coreClient)).toMatchInlineSnapshot(`
      [
        "ConfigurationError",
        "abortable",
        "anonymous",
        "bearerToken",
        "checkOptions",
        "clientSecretBasic",
        "clientSecretPost",
        "createTokenDigest",
        "credentialsTag",
        "decodeBase64Url",
        "discardBody",
        "hasBrand",
        "ignoreRejection",
        "isEndpointUrl",
        "isKeyFetchError",
        "isPlainObject",
        "isScopeToken",
        "isStringList",
        "loadDiscovery",
        "loadOAuthLibrary",
        "mustBe",
        "namesUnsetVariable",
        "ownNumber",
        "ownProperty",
        "ownString",
        "parseJsonObject",
        "presentedToken",
        "privateKeyJwt",
        "readBoundedBody",
        "systemClock",
        "systemErrorCode",
        "systemRandom",
        "tlsClientAuth",
      ]
    `);
  });

  it('@authly/mcp', () => {
    expect(namesOf(mcp)).toMatchInlineSnapshot(`
      [
        "authorizeTool",
        "clientFrom",
        "jsonRpcRefusal",
        "principalFrom",
        "setAuthInfo",
        "toAuthInfo",
        "tokenVerifier",
        "toolRequirement",
        "userFrom",
      ]
    `);
  });

  it('@authly/signals', () => {
    expect(namesOf(signals)).toMatchInlineSnapshot(`
      [
        "backChannelLogout",
        "securityEvents",
      ]
    `);
  });

  it('@authly/testing', () => {
    expect(namesOf(testing)).toMatchInlineSnapshot(`
      [
        "aClient",
        "aProof",
        "aUser",
        "compactJws",
        "fakeClock",
        "generateTestKey",
        "tampered",
        "testCertificate",
        "testIssuer",
        "thumbprintOf",
        "unsigned",
        "withPrincipal",
      ]
    `);
  });

  it('@authly/testing/contracts', () => {
    expect(namesOf(contracts)).toMatchInlineSnapshot(`
      [
        "introspectionStoreContract",
        "replayStoreContract",
        "revocationStoreContract",
      ]
    `);
  });

  it('the adapters offer every preset of core, and what core has for Node', () => {
    expect(expressProviders).toEqual(providers);
    expect(koaProviders).toEqual(providers);
    expect(expressNode).toEqual(node);
    // It differs in types alone.
    expect(expressNoGlobal).toEqual(express);
    expect(koaNode).toEqual(node);
  });
});

function namesOf(module: object): readonly string[] {
  return Object.keys(module).sort();
}
