import type { EventSink } from '../lib/event-sink.ts';
import { ConfigurationError } from '../model/errors.ts';
import { chooseKey, type JsonWebKeySet, type KeySet, rejectUnknownKey } from './key-set.ts';
import { inWords, reportIgnored, type UsableKeysOptions, usableKeys } from './usable-keys.ts';

/** What a static key set needs besides its keys. */
export interface StaticKeySetContext extends UsableKeysOptions {
  readonly issuer: string;
  readonly events: EventSink;
}

/**
 * Makes a key set from configured keys. It never changes. Throws a {@link ConfigurationError} when `jwks` is not a JWK
 * set, has no usable key, or has several usable keys and one of them has no `kid`. Other keys that cannot be used are
 * ignored with an event, as in a fetched set.
 */
export function createStaticKeySet(jwks: JsonWebKeySet, context: StaticKeySetContext): KeySet {
  const entries: unknown = jwks?.keys;
  if ([jwks, entries, ...(Array.isArray(entries) ? entries : [])].some(isPem)) {
    throw new ConfigurationError(
      `The jwks of ${context.issuer} contains a PEM, not a JWK. Write: jwks: { keys: [{ ...createPublicKey(pem).export({ format: 'jwk' }), kid: '…' }] }, with createPublicKey from node:crypto`,
    );
  }
  if (!Array.isArray(entries)) {
    throw new ConfigurationError(
      "jwks is not a JWK set. Write: jwks: { keys: [{ kty: 'RSA', kid: '…', n: '…', e: 'AQAB' }] }.",
    );
  }
  const { keys, ignored } = usableKeys(entries, context);
  reportIgnored(ignored, context.issuer, context.events);
  if (keys.length === 0) {
    throw new ConfigurationError(
      `The jwks of ${context.issuer} has no usable key (${inWords(ignored)}). Give it public signature keys: RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519.`,
    );
  }
  const isNameless = keys.some(({ kid }) => kid === undefined);
  if (isNameless && keys.length > 1) {
    throw new ConfigurationError(
      `The jwks of ${context.issuer} has ${keys.length} keys, and one of them has no kid, so no token can name it. Write: jwks: { keys: [{ ...jwk, kid: '…' }] }, with the kid that the tokens have`,
    );
  }
  const held = new Set(keys);
  return {
    find(query) {
      // If there is a single key without `kid`, it is used for tokens with any `kid`.
      const key = chooseKey(keys, isNameless ? { ...query, kid: undefined } : query);
      return key === 'key_unknown' ? rejectUnknownKey() : key;
    },
    isLive: (key) => held.has(key),
    ready: async (signal) => signal?.throwIfAborted(),
    close() {},
  };
}

function isPem(value: unknown): boolean {
  return typeof value === 'string' && value.includes('-----BEGIN ');
}
