import { createHash } from 'node:crypto';

/**
 * Makes a function that gives a token's name in memory: base64url(SHA-256(issuer ‖ 0 ‖ client id ‖ 0 ‖
 * token)). Neither tokens nor what could be presented as one are kept, and an answer of one issuer, or to
 * one client, is never found for another.
 */
export function createTokenDigest(issuer: string, clientId: string): (token: string) => string {
  const prefix = `${issuer}\0${clientId}\0`;
  return (token) => createHash('sha256').update(prefix).update(token).digest('base64url');
}
