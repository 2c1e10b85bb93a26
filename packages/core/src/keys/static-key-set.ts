import type { EventSink } from '../lib/event-sink.ts';
import { AuthError, ConfigurationError } from '../model/errors.ts';
import { chooseKey, type JsonWebKeySet, type KeySet } from './key-set.ts';
import { type UsableKeysOptions, usableKeys } from './usable-keys.ts';

/** What a static key set needs to know beside its keys. */
export interface StaticKeySetContext extends UsableKeysOptions {
  readonly issuer: string;
  readonly events: EventSink;
}

/**
 * A key set that never changes: configured, not fetched. Throws a {@link ConfigurationError} when
 * `jwks` is not a JWK set or has no usable key; unfit keys beside usable ones are ignored with an
 * event, as in a fetched set.
 */
export function createStaticKeySet(jwks: JsonWebKeySet, context: StaticKeySetContext): KeySet {
  const entries: unknown = jwks?.keys;
  if (!Array.isArray(entries)) {
    throw new ConfigurationError(
      "jwks is not a JWK set. Write: jwks: { keys: [{ kty: 'RSA', kid: '…', n: '…', e: 'AQAB' }] }.",
    );
  }
  const { keys, ignored } = usableKeys(entries, context);
  for (const [cause, count] of ignored) {
    context.events.emit({ type: 'keys.ignored', issuer: context.issuer, cause, keys: count });
  }
  if (keys.length === 0) {
    const causes =
      [...ignored].map(([cause, count]) => `${cause} ${count}`).join(', ') || 'it is empty';
    throw new ConfigurationError(
      `The jwks of ${context.issuer} has no usable key (${causes}). Give it public signature keys: RSA of 2048 bits or more, P-256, P-384, P-521 or Ed25519.`,
    );
  }
  const held = new Set(keys);
  return {
    find(query) {
      const key = chooseKey(keys, query);
      return key === 'key_unknown' ? Promise.reject(new AuthError('key_unknown')) : key;
    },
    isLive: (key) => held.has(key),
    ready: async (signal) => signal?.throwIfAborted(),
    close() {},
  };
}
