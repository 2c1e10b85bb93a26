import { encodePart } from './compact-jws.ts';

/**
 * The token with changed claims and its old signature: what an attacker can make without the key. `undefined`
 * removes a claim. By default `sub` names somebody else.
 */
export function tampered(
  token: string,
  claims: Readonly<Record<string, unknown>> = { sub: 'somebody-else' },
): string {
  const [header, payload, signature] = parts(token);
  return `${header}.${encodePart({ ...decode(payload), ...claims })}.${signature}`;
}

/** The token with `alg: none` and without a signature (RFC 7515 §8.5). */
export function unsigned(token: string): string {
  const [header, payload] = parts(token);
  return `${encodePart({ ...decode(header), alg: 'none' })}.${payload}.`;
}

function parts(token: string): readonly [string, string, string] {
  const [header, payload, signature, ...rest] = token.split('.');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    throw new TypeError('This is not a compact JWS of three parts');
  }
  return [header, payload, signature];
}

function decode(part: string): object {
  const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
  if (typeof value !== 'object' || value === null)
    throw new TypeError('This part is not a JSON object');
  return value;
}
