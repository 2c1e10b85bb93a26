import type { Peer } from './peer.ts';

/** The file name of a peer. */
export type PeerId =
  | 'authly'
  | 'fast-jwt'
  | 'aws-jwt-verify'
  | 'jsonwebtoken'
  | 'jose'
  | 'express-oauth2-jwt-bearer'
  | 'oauth4webapi'
  | 'jwks-rsa'
  | 'express-jwt'
  | 'koa-jwt';

/** Peers in another configuration, including Authly itself. */
export type VariantId = 'authly-uncached' | 'authly-one-thread' | 'jose-cached';

// Each module is loaded when it is needed, so that a server process contains only one peer.
const PEERS: Readonly<Record<PeerId, () => Promise<Peer>>> = {
  authly: async () => (await import('./authly.ts')).authly,
  'fast-jwt': async () => (await import('./fast-jwt.ts')).fastJwt,
  'aws-jwt-verify': async () => (await import('./aws-jwt-verify.ts')).awsJwtVerify,
  jsonwebtoken: async () => (await import('./jsonwebtoken.ts')).jsonWebToken,
  jose: async () => (await import('./jose.ts')).jose,
  'express-oauth2-jwt-bearer': async () =>
    (await import('./express-oauth2-jwt-bearer.ts')).expressOauth2JwtBearer,
  oauth4webapi: async () => (await import('./oauth4webapi.ts')).oauth4webapi,
  'jwks-rsa': async () => (await import('./jwks-rsa.ts')).jwksRsa,
  'express-jwt': async () => (await import('./express-jwt.ts')).expressJwt,
  'koa-jwt': async () => (await import('./koa-jwt.ts')).koaJwt,
};

const VARIANTS: Readonly<Record<VariantId, () => Promise<Peer>>> = {
  'authly-uncached': async () => (await import('./authly.ts')).authlyUncached,
  'authly-one-thread': async () => (await import('./authly.ts')).authlyOneThread,
  'jose-cached': async () => (await import('./jose.ts')).joseCached,
};

/** Loads a peer and its library. */
export function loadPeer(id: PeerId | VariantId): Promise<Peer> {
  return { ...PEERS, ...VARIANTS }[id]();
}

/** Loads every peer, Authly first. */
export function loadPeers(): Promise<readonly Peer[]> {
  return Promise.all(Object.values(PEERS).map((load) => load()));
}
