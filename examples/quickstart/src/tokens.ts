import { clientSecretBasic, tokenSource } from '@authly/client';
import { createIssuer, generateSigningKey, type Issuer, memoryClientStore } from '@authly/issuer';
import { API, type AuthorizationServer, LIFETIME_SEC, OTHER_API } from './authorization-server.ts';

/** The tokens that are sent, by what is special about them. */
export interface Tokens {
  /** A user's: u-17, who uses the client web-app. */
  readonly user: string;
  /** The same user's, without the scope to write. */
  readonly 'user, read only': string;
  /** A machine's: the client nightly-sync, by client credentials. */
  readonly machine: string;
  readonly expired: string;
  /** A good token to which scopes were added later, so its signature is wrong. */
  readonly tampered: string;
  /** A good token, but signed by another key. */
  readonly forged: string;
  /** Good at another API. */
  readonly "other API's": string;
}

const USER = {
  identity: { provider: 'acme', externalId: 'u-17' },
  clientId: 'web-app',
  audience: API,
  scopes: ['read:orders', 'write:orders'],
  claims: { tenant_id: 'acme' },
};

/** Mints users' tokens in code, and gets the machine's over HTTP. */
export async function makeTokens({
  issuer,
  signingKey,
  clientSecret,
}: AuthorizationServer): Promise<Tokens> {
  const machine = async (resource: string) => {
    const client = clientSecretBasic('nightly-sync', clientSecret);
    const source = tokenSource({ issuer: issuer.issuer, client, resource });
    return (await source.token()).accessToken;
  };
  // The same issuer in the past, and somebody who only pretends to be this issuer.
  const earlier = another(issuer, signingKey, Date.now() - 2 * LIFETIME_SEC * 1000);
  const forger = another(issuer, await generateSigningKey('ES256'), Date.now());

  const { accessToken: user } = await issuer.userToken(USER);
  const { accessToken: readOnly } = await issuer.userToken({ ...USER, scopes: ['read:orders'] });
  return {
    user,
    'user, read only': readOnly,
    machine: await machine(API),
    expired: (await earlier.userToken(USER)).accessToken,
    tampered: raiseScopes(readOnly),
    forged: (await forger.userToken(USER)).accessToken,
    "other API's": await machine(OTHER_API),
  };
}

function another(
  { issuer }: Issuer,
  key: Awaited<ReturnType<typeof generateSigningKey>>,
  time: number,
): Issuer {
  return createIssuer({
    issuer,
    keys: [key],
    clients: memoryClientStore([]),
    clock: { now: () => time },
  });
}

function raiseScopes(token: string): string {
  const [header, payload = '', signature] = token.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const raised = JSON.stringify({ ...Object(claims), scope: USER.scopes.join(' ') });
  return [header, Buffer.from(raised).toString('base64url'), signature].join('.');
}
