import { createHash } from 'node:crypto';

/**
 * Makes a function that computes the key under which a token is remembered: base64url(SHA-256(issuer ‖ 0 ‖ client id
 * ‖ 0 ‖ token)). So the token itself is not kept in memory, and nothing that is remembered for one issuer or client
 * is found for another.
 */
export function createTokenDigest(issuer: string, clientId: string): (token: string) => string {
  const prefix = `${issuer}\0${clientId}\0`;
  return (token) => createHash('sha256').update(prefix).update(token).digest('base64url');
}
