import { PassThrough, Readable } from 'node:stream';
import * as clientPackage from '@authly/client';
import * as core from '@authly/core';
import * as jwt from '@authly/core/jwt';
import * as coreNode from '@authly/core/node';
import * as providers from '@authly/core/providers';
import * as express from '@authly/express';
import * as issuerPackage from '@authly/issuer';
import * as koa from '@authly/koa';
import * as mcp from '@authly/mcp';
import * as redis from '@authly/redis';
import * as signals from '@authly/signals';
import * as testing from '@authly/testing';
import { Router as KoaRouter } from '@koa/router';
import { Router as ExpressRouter } from 'express';
import { describe, expect, it } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';
import { AUDIENCE, aUserToken, ISSUER, issuer } from '../support/tokens.ts';

// If a misspelled option were ignored, the check that it asks for would be missing. So every public function with
// options is in this file, and a test fails if one is missing.

/** The options of a function, and a call with them. */
interface Call {
  readonly options: object;
  readonly call: (options: never) => unknown;
}

const call = (options: object, run: (options: never) => unknown): Call => ({ options, call: run });

const classify = () => 'user' as const;
const jwks = issuer.jwks;

/** The options of each preset in its longest form. The compiler requires a line for each preset. */
const PRESETS: Readonly<Record<keyof typeof providers, object>> = {
  auth0: { domain: 'acme.eu.auth0.com', rolesClaim: 'https://acme.com/roles' },
  authentik: { issuer: 'https://ak.acme.com/application/o/orders/', classify },
  authlib: { issuer: ISSUER, kindClaim: 'sub_type' },
  authly: { issuer: ISSUER },
  betterAuth: { issuer: ISSUER, deletedUsers: 'cascade' },
  buildkite: { organizationIds: ['0184'], pipelineIds: ['0185'] },
  canaille: { issuer: ISSUER },
  circleci: {
    organizationId: '7f3d9c1e-5b2a-4c8d-9e6f-1a2b3c4d5e6f',
    projectIds: ['0c1d'],
    vcsOrigins: ['github.com/acme/router'],
  },
  clerk: { issuer: 'https://clerk.acme.com', clientIds: ['c'], machines: ['mch_1'] },
  cloudflareAccess: { issuer: 'https://acme.cloudflareaccess.com' },
  cognito: { userPoolId: 'eu-west-1_Zk3Pq9', clientIds: ['c'], resources: [AUDIENCE] },
  curity: { issuer: ISSUER, subjectNamespaces: 'disjoint' },
  custom: { issuer: ISSUER, classify, requiredClaims: [], roles: () => [] },
  descope: { projectId: 'P2abc', classify, baseUrl: 'https://api.descope.com' },
  django: { issuer: ISSUER },
  duende: { issuer: ISSUER },
  entra: { tenant: '3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10', version: 'v2' },
  firebase: { projectId: 'acme-prod' },
  fusionauth: { issuer: 'acme.com', baseUrl: 'https://auth.acme.com' },
  githubActions: { repositoryOwnerIds: ['4411'], repositoryIds: ['90210'] },
  gitlab: { issuer: ISSUER, namespaceIds: ['72'], projectIds: ['20'] },
  glewlwyd: { issuer: ISSUER },
  google: { serviceAccounts: [] },
  hydra: { issuer: ISSUER, subjectNamespaces: 'disjoint' },
  keycloak: { issuer: 'https://sso.acme.com/realms/acme' },
  kinde: { issuer: 'https://acme.kinde.com' },
  kubernetes: { issuer: ISSUER, keyBy: 'uid', maxLifetimeSec: 3600 },
  lemonldap: { issuer: ISSUER, subjectNamespaces: 'disjoint' },
  logto: { issuer: 'https://acme.logto.app/oidc' },
  oidcProvider: { issuer: ISSUER, kindClaim: 'sub_type' },
  okta: { domain: 'acme.okta.com', authorizationServer: 'default' },
  pingam: { issuer: 'https://am.acme.com/am/oauth2/realms/root' },
  pingone: { issuer: 'https://auth.pingone.eu/1/as' },
  rfc9068: { issuer: ISSUER },
  spiffe: { trustDomain: 'acme.com' },
  spring: {
    issuer: ISSUER,
    subjectNamespaces: 'disjoint',
    clientIdFrom: 'aud',
    rolesClaim: 'roles',
  },
  stytch: { projectId: 'project-live-1', product: 'b2b' },
  supabase: {
    issuer: 'https://abc.supabase.co/auth/v1',
    clientIds: ['app1'],
    anonymous: 'accept',
    databaseRoles: ['authenticated'],
  },
  vercel: {
    issuer: 'https://oidc.vercel.com/acme',
    ownerIds: ['team_1'],
    projectIds: ['prj_1'],
    environments: ['production'],
  },
  workos: { sessionsOf: 'client_1' },
  zitadel: { issuer: 'https://acme.zitadel.cloud', classify, projectId: '1' },
};

const presetCalls = Object.entries(PRESETS).map(([name, options]): readonly [string, Call] => [
  name,
  call({ ...options, name: 'acme', jwks }, Reflect.get(providers, name)),
]);

const entry = providers.rfc9068({ issuer: ISSUER, jwks });
const server = { issuer: entry, audience: AUDIENCE } as const;
const metadata = { authorizationServers: [ISSUER], maxAgeSec: 60 };
const authenticationContext = { maxAgeSec: 300, clients: 'refuse' };
const key = await issuerPackage.generateSigningKey('ES256');
const { secret, hash } = issuerPackage.generateClientSecret();
const client = { clientId: 'sync', secretHashes: [hash], scopes: [], audiences: [AUDIENCE] };
const clients = issuerPackage.memoryClientStore([client]);
const anIssuer = issuerPackage.createIssuer({ issuer: ISSUER, keys: [key], clients });
const grant = { clientId: 'sync', audience: AUDIENCE, scopes: ['a'], claims: {}, expiresInSec: 60 };
const identity = { provider: 'local', externalId: 'ada' };
const credentials = { clientId: 'sync', clientSecret: secret, method: 'client_secret_basic' };

const revocations = core.memoryRevocations();
const transmitter = { issuer: ISSUER, audience: 'orders', jwks, authorization: 'Bearer x' };
const asking = core.clientSecretBasic('api', 'secret');

/** A form with one parameter, whose body was not read yet. */
const aForm = (): core.HandlerRequest => ({
  method: 'POST',
  path: '/',
  query: '',
  header: (name) => (name === 'content-type' ? 'application/x-www-form-urlencoded' : undefined),
  peerAddress: undefined,
  clientAddress: undefined,
  peerCertificate: () => undefined,
  parsedBody: undefined,
  stream: Readable.from([Buffer.from('a=1')]),
});

const aPublishingServer = () => aResourceServer({ resource: AUDIENCE });

/** Every exported function with options, by package and name. A second name says which part of them. */
const CALLS: Readonly<Record<string, Call>> = {
  'core createResourceServer': call(server, core.createResourceServer),
  'core createResourceServer: keys': call({ freshForSec: 60 }, (keys) =>
    core.createResourceServer({ ...server, keys }),
  ),
  'core createResourceServer: cache': call({ maxEntries: 1 }, (cache) =>
    core.createResourceServer({ ...server, cache }),
  ),
  'core createResourceServer: issuerCache': call({ maxIssuers: 1 }, (issuerCache) =>
    core.createResourceServer({ issuers: () => undefined, issuerCache }),
  ),
  'core createResourceServer: issuer': call({ ...entry, audience: AUDIENCE }, (one) =>
    core.createResourceServer({ issuer: one }),
  ),
  'core createResourceServer: issuers': call({ ...entry, audience: AUDIENCE }, (one) =>
    core.createResourceServer({ issuers: [one] }),
  ),
  'core createResourceServer: introspection': call({ client: asking }, (introspection) =>
    core.createResourceServer({ ...server, introspection }),
  ),
  'core createResourceServer: introspection.cache': call({ activeForSec: 1 }, (cache) =>
    core.createResourceServer({
      ...server,
      introspection: { client: asking, cache },
    }),
  ),
  'core privateKeyJwt': call({ audience: ISSUER }, (options) =>
    core.privateKeyJwt('api', testing.generateTestKey('ES256', 'k').privateKey, options),
  ),
  'core tlsClientAuth': call({ fetch }, (options) => core.tlsClientAuth('api', options)),
  'core custom: introspected': call({ accepts: () => true, classify }, (introspected) =>
    providers.custom({ issuer: ISSUER, jwks, classify, introspected }),
  ),
  'core/jwt createSignedJwtVerifier': call(
    { issuer: ISSUER, typ: 'secevent+jwt', keys: { jwks } },
    jwt.createSignedJwtVerifier,
  ),
  'core/jwt createSignedJwtVerifier: keys': call({ jwks }, (keys) =>
    jwt.createSignedJwtVerifier({ issuer: ISSUER, typ: 'secevent+jwt', keys }),
  ),
  'core/jwt createSignedJwtVerifier: ready': call({ signal: undefined }, (options) =>
    jwt
      .createSignedJwtVerifier({ issuer: ISSUER, typ: 'secevent+jwt', keys: { jwks } })
      .ready(options),
  ),
  'core readForm': call({ repeatable: ['resource'] }, (options) => core.readForm(aForm(), options)),
  'core createResourceServer: ready': call({ signal: undefined }, (options) =>
    aResourceServer().ready(options),
  ),
  'core createResourceServer: explain': call({ reveal: ['iss'] }, (options) =>
    aResourceServer().explain(aUserToken(), options),
  ),
  'core createResourceServer: explainRequest': call({ reveal: ['iss'] }, (options) =>
    aResourceServer().explainRequest({ method: 'GET', url: '/', header: () => undefined }, options),
  ),
  'core createResourceServer: dpop': call({ mode: 'required', maxAgeSec: 60 }, (dpop) =>
    core.createResourceServer({ ...server, dpop }),
  ),
  'core createResourceServer: dpop, nonce': call({ secrets: ['s'.repeat(32)] }, (nonce) =>
    core.createResourceServer({ ...server, dpop: { nonce } }),
  ),
  'core createResourceServer: mtls': call(
    { mode: 'required', certificate: core.socketCertificate() },
    (mtls) => core.createResourceServer({ ...server, mtls }),
  ),
  'core headerCertificate': call(
    { format: 'nginx', header: 'x-cert', proxies: ['10.0.0.0/8'] },
    core.headerCertificate,
  ),
  'core memoryReplayStore': call({ maxEntries: 10 }, core.memoryReplayStore),
  'core createResourceServer: revocation': call(
    { store: core.memoryRevocations(), onOutage: 'refuse' },
    (revocation) => core.createResourceServer({ ...server, revocation }),
  ),
  'core createResourceServer: leases': call({ recheckSec: 30, outageGraceSec: 60 }, (leases) =>
    core.createResourceServer({ ...server, leases }),
  ),
  'core createResourceServer: leases.closeCodes': call({ expired: 4401 }, (closeCodes) =>
    core.createResourceServer({ ...server, leases: { closeCodes } }),
  ),
  'core createResourceServer: lease': call({ requirements: [] }, async (options) => {
    const one = aResourceServer();
    one.lease(await one.verify(aUserToken()), options).end();
  }),
  'core createResourceServer: lease.onRenewalDue': call({ bySec: 60 }, async (options) => {
    const one = aResourceServer();
    const lease = one.lease(await one.verify(aUserToken()));
    lease.onRenewalDue(() => {}, options);
  }),
  'core guardUpgrade': call({ requirement: core.scope('chat') }, (options) =>
    core.guardUpgrade(aResourceServer(), options, () => {}),
  ),
  'core firstMessage': call({ timeoutMs: 5_000 }, (options) =>
    core.firstMessage(aResourceServer(), options, () => {}),
  ),
  'core memoryRevocations': call({ retainSec: 60 }, core.memoryRevocations),
  'core memoryRevocations: revokePrincipal': call({ issuedBefore: 0 }, (options) =>
    core.memoryRevocations().revokePrincipal('user:a:b', options),
  ),
  'signals securityEvents': call(
    { transmitters: [transmitter], revocations, onSecurityEvent: () => {} },
    signals.securityEvents,
  ),
  'signals securityEvents: transmitters': call(transmitter, (one) =>
    signals.securityEvents({ transmitters: [one], revocations }),
  ),
  'signals securityEvents: audience': call({ prefix: 'orders/' }, (audience) =>
    signals.securityEvents({ transmitters: [{ ...transmitter, audience }], revocations }),
  ),
  'signals securityEvents: ready': call({ signal: undefined }, (options) =>
    signals.securityEvents({ transmitters: [transmitter], revocations }).ready(options),
  ),
  'signals backChannelLogout': call(
    { issuer: entry, clientId: 'web-app', revocations, sidInAccessTokens: true },
    signals.backChannelLogout,
  ),
  'core createRevocations': call({ retainSec: 60 }, (options) =>
    core.createRevocations('aStore()', core.memoryRevocations() as never, options),
  ),
  'core createResourceServer: publishMetadata': call(metadata, (options) =>
    aPublishingServer().publishMetadata(options),
  ),
  'core fromCookie': call({ origins: ['https://app.example.com'], prefix: '__Host-' }, (options) =>
    core.fromCookie('__Host-at', options),
  ),
  'core fromHeader': call({ origins: ['https://app.example.com'] }, (options) =>
    core.fromHeader('x-token', options),
  ),
  'core user': call({ viaActor: 'refuse' }, core.user),
  'core authenticationContext': call(authenticationContext, core.authenticationContext),
  'core openapiSecurity': call({ name: 'bearer' }, (options) => core.openapiSecurity([], options)),
  'core/node nodeFetch': call({ ca: undefined }, coreNode.nodeFetch),
  'core/node fileKeySnapshots': call({ directory: '/none' }, coreNode.fileKeySnapshots),
  ...adapterCalls('express', express, () => ExpressRouter().get('/open', () => {})),
  ...adapterCalls('koa', koa, () => new KoaRouter().get('/open', () => {})),
  'issuer createIssuer': call({ issuer: ISSUER, keys: [key], clients }, issuerPackage.createIssuer),
  'issuer createIssuer: userToken': call({ ...grant, identity, include: [] }, (request) =>
    anIssuer.userToken(request),
  ),
  'issuer createIssuer: userToken, authentication': call({ acr: 'phr', time: 1 }, (how) =>
    anIssuer.userToken({ ...grant, identity, authentication: how }),
  ),
  'issuer createIssuer: clientToken': call(grant, (request) => anIssuer.clientToken(request)),
  'issuer createIssuer: clientCredentials': call({ credentials, scope: undefined }, (request) =>
    anIssuer.clientCredentials.grant(request),
  ),
  'issuer memoryClientStore': call(client, (one) => issuerPackage.memoryClientStore([one])),
  'redis redisStores': call({ command: async () => null, prefix: 'a' }, redis.redisStores),
  'redis redisStores: follow': call(
    { command: () => new Promise(() => {}), maxLagSec: 10 },
    (follow) => redis.redisStores({ command: async () => null, prefix: 'a', follow }).close(),
  ),
  'client tokenSource': call({ issuer: ISSUER, client: asking }, clientPackage.tokenSource),
  'client privateKeyJwt': call({ typ: 'JWT' }, (options) =>
    clientPackage.privateKeyJwt('api', testing.generateTestKey('ES256', 'k').privateKey, options),
  ),
  'client tlsClientAuth': call({ fetch }, (options) => clientPackage.tlsClientAuth('api', options)),
  'client certificateFetch': call(
    { certificate: 'pem', key: 'pem' },
    clientPackage.certificateFetch,
  ),
  'client workloadToken': call({ path: '/token' }, (options) =>
    clientPackage.workloadToken('api', options),
  ),
  'testing aUser': call({ userId: 'ada' }, testing.aUser),
  'testing aClient': call({ clientId: 'sync' }, testing.aClient),
  'testing withPrincipal': call({ resourceServer: aResourceServer() }, (options) =>
    testing.withPrincipal({}, undefined, options),
  ),
  'testing aProof': call({ key: testing.generateTestKey(), url: AUDIENCE }, testing.aProof),
  'testing testCertificate': call({ commonName: 'sync' }, testing.testCertificate),
  'testing testIssuer': call({ audience: AUDIENCE }, testing.testIssuer),
  'testing testIssuer: like': call({ like: 'auth0' as const }, testing.testIssuer),
  'testing testIssuer: aToken': call({ expiresInSec: 1 }, (options) => issuer.aToken({}, options)),
  'testing testIssuer: aClientToken': call({ issuedInSec: 1 }, (options) =>
    issuer.aClientToken({}, options),
  ),
};

function adapterCalls(
  name: string,
  adapter: typeof express | typeof koa,
  aRouter: () => object,
): Readonly<Record<string, Call>> {
  // The overloads of both adapters differ in one value, so the union of both functions cannot be called.
  const authenticate: (server: never, options?: never) => unknown = adapter.authenticate;
  const routes = { base: '/', before: [], open: [] };
  return {
    [`${name} authenticate`]: call(
      { optional: true, skip: () => false, credentials: undefined },
      (options) => authenticate(aResourceServer() as never, options),
    ),
    [`${name} authenticate: resource server`]: call(server, authenticate),
    [`${name} describeRequirements`]: call(routes, (options) =>
      adapter.describeRequirements(aRouter(), options),
    ),
    [`${name} assertGuarded`]: call({ ...routes, open: ['/open'] }, (options) =>
      adapter.assertGuarded(aRouter(), options),
    ),
    [`${name} protectedResourceMetadata`]: call(metadata, (options) =>
      adapter.protectedResourceMetadata(aPublishingServer(), options),
    ),
    [`${name} eventStream`]: call({ maxBufferedBytes: 1_024 }, (options) =>
      openedStream(adapter.eventStream, options),
    ),
    [`${name} requireUser`]: call({ viaActor: 'refuse' }, adapter.requireUser),
    [`${name} requireAuthenticationContext`]: call(
      authenticationContext,
      adapter.requireAuthenticationContext,
    ),
  };
}

/** Opens an event stream for a caller without a token, on a response that is not sent anywhere. */
function openedStream(eventStream: (...args: never) => unknown, options: object): void {
  const response = Object.assign(new PassThrough(), { setHeader() {}, flushHeaders() {} });
  const context = { res: response, req: {}, set() {}, status: 200, state: {} };
  const carrier = testing.withPrincipal(context, testing.aUser());
  const open: (...args: unknown[]) => unknown = eventStream as never;
  open(carrier, ...(eventStream === koa.eventStream ? [] : [response]), options);
}

/** Exported functions without options: they take a request, a token, names or values. */
const WITHOUT_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  core: [
    ...['actor', 'allOf', 'anyOf', 'anyScope', 'authorizationDetail', 'claim', 'client', 'group'],
    ...['permission', 'role', 'scope', 'tenant', 'isAuthError', 'isFormError', 'clientOf'],
    ...['findPrincipal', 'principalOf', 'refusalOf', 'userOf', 'nodeRequestView', 'credentialsOf'],
    ...['anonymous', 'bearerToken', 'clientSecretBasic', 'clientSecretPost', 'checkOptions'],
    ...[
      'markStops',
      'readBody',
      'revocationIdsOf',
      'socketCertificate',
      'fromSubprotocol',
      'closeWithLease',
      'isLeaseEndedError',
      'isReplayStoreFullError',
      'isRevocationStoreFullError',
    ],
  ],
  client: ['clientSecretBasic', 'clientSecretPost', 'isTokenSourceError'],
  'core/jwt': [],
  'core/node': [],
  express: [
    ...['authErrorHandler', 'authorize', 'mount', 'requireActor', 'requireAnyScope'],
    'requireAuthorizationDetail',
  ],
  issuer: [
    'isIssuanceError',
    'isTokenRequestError',
    'generateClientSecret',
    'generateSigningKey',
    'hashClientSecret',
    'isClientId',
    'userSubject',
  ],
  // These functions of mcp take a whole resource server instead of options.
  mcp: [
    'authorizeTool',
    'clientFrom',
    'jsonRpcRefusal',
    'principalFrom',
    'setAuthInfo',
    'toAuthInfo',
    'tokenVerifier',
    'toolRequirement',
    'userFrom',
  ],
  // These functions take a client.
  redis: ['ioredis', 'iovalkey', 'nodeRedis', 'nodeRedisCluster'],
  testing: ['compactJws', 'fakeClock', 'generateTestKey', 'tampered', 'thumbprintOf', 'unsigned'],
};

const GUARDS = [
  'requireClient',
  'requireGroup',
  'requirePermission',
  'requireRole',
  'requireScope',
  'requireTenant',
];

const PACKAGES: Readonly<Record<string, object>> = {
  core,
  'core/jwt': jwt,
  'core/node': coreNode,
  express,
  koa,
  issuer: issuerPackage,
  mcp,
  redis,
  signals,
  client: clientPackage,
  testing,
};

describe.each(Object.entries(PACKAGES))('@authly/%s', (name, exported) => {
  it('every exported function with options is listed here', () => {
    const isAdapter = name === 'express' || name === 'koa';
    const known = new Set([
      ...(isAdapter
        ? [...(WITHOUT_OPTIONS['express'] ?? []), ...GUARDS]
        : (WITHOUT_OPTIONS[name] ?? [])),
      ...Object.keys(CALLS).flatMap((each) => {
        const [owner, named = ''] = each.split(':')[0]?.split(' ') ?? [];
        return owner === name ? [named] : [];
      }),
    ]);
    const functions = Object.entries(exported)
      .filter(([, value]) => typeof value === 'function' && !isClass(value))
      // An adapter exports the function of core itself, which is tested there.
      .filter(([each, value]) => !isAdapter || Reflect.get(core, each) !== value);
    expect(functions.map(([each]) => each).filter((each) => !known.has(each))).toEqual([]);
  });
});

it('every preset is listed here', () => {
  const presets = Object.entries(providers).filter(([, value]) => typeof value === 'function');
  expect(presets.map(([name]) => name).sort()).toEqual(Object.keys(PRESETS).sort());
});

describe.each([...presetCalls, ...Object.entries(CALLS)])('%s', (_name, { options, call: run }) => {
  it('accepts its options, and refuses each when it is misspelled, with the name that was probably meant', async () => {
    await expect(outcomeOf(run, options)).resolves.toBe('taken');
    for (const name of Object.keys(options)) {
      const misspelled = { ...options, [`${name}s_`]: Reflect.get(options, name) };
      // A name of two letters is too short for a suggestion.
      const meant = name.length < 3 ? '' : 'Did you mean "\\w+"\\? ';
      await expect(outcomeOf(run, misspelled)).resolves.toMatch(
        new RegExp(`has no option "${name}s_"\\. ${meant}Its options are: .*\\b${name}\\b`),
      );
    }
  });

  it('refuses an unknown option whose value is undefined, too', async () => {
    await expect(outcomeOf(run, { ...options, unknown: undefined })).resolves.toMatch(
      /has no option "unknown"/,
    );
  });
});

/** Gives `taken`, or the message of the configuration error. */
async function outcomeOf(run: Call['call'], options: object): Promise<string> {
  try {
    await run(options as never);
    return 'taken';
  } catch (error) {
    if (error instanceof core.ConfigurationError) return error.message;
    throw error;
  }
}

function isClass(value: object): boolean {
  return /^class\b/.test(Function.prototype.toString.call(value));
}
