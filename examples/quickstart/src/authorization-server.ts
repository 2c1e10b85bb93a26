import { mount } from '@authly/express';
import {
  createIssuer,
  generateClientSecret,
  generateSigningKey,
  type Issuer,
  memoryClientStore,
  type SigningJwk,
} from '@authly/issuer';
import express, { type Express } from 'express';

/** The APIs' identifier: `aud` of the tokens that they accept. */
export const API = 'https://api.acme.test';
/** Another API of the same company; its tokens are not for ours. */
export const OTHER_API = 'https://billing.acme.test';

/** An issuer, and what only its operator knows. */
export interface AuthorizationServer {
  readonly issuer: Issuer;
  readonly signingKey: SigningJwk;
  /** The secret of the client `nightly-sync`, which is stored as a hash only. */
  readonly clientSecret: string;
}

/** Long enough to try the curl lines; the default is ten minutes. */
export const LIFETIME_SEC = 8 * 60 * 60;

/** An issuer with one machine that may get tokens: `nightly-sync`. */
export async function createAuthorizationServer(url: string): Promise<AuthorizationServer> {
  const signingKey = await generateSigningKey('ES256');
  const { secret, hash } = generateClientSecret();
  const issuer = createIssuer({
    issuer: url,
    keys: [signingKey],
    accessTokenLifetimeSec: LIFETIME_SEC,
    clients: memoryClientStore([
      {
        clientId: 'nightly-sync',
        secretHashes: [hash],
        scopes: ['read:orders'],
        audiences: [API, OTHER_API],
      },
    ]),
  });
  return { issuer, signingKey, clientSecret: secret };
}

/** The issuer's endpoints in an Express application. */
export function createApp(issuer: Issuer): Express {
  return express().disable('x-powered-by').use(mount(issuer.handler));
}
