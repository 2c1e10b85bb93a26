import type { IntrospectionStore } from '@authly/core';
import type { BoundedCommand } from './bounded-command.ts';
import type { KeyNames } from './key-names.ts';
import { optionalText } from './reply.ts';

/** Keeps sealed answers as base64, which every client sends and reads in the same way. */
export function redisIntrospectionStore(
  command: BoundedCommand,
  names: KeyNames,
): IntrospectionStore {
  return Object.freeze<IntrospectionStore>({
    async get(id) {
      const key = names.introspection(id);
      const kept = optionalText(await command(['GET', key], key), 'GET');
      // A value that is not base64 gives bytes that core did not seal. Core ignores those.
      return kept === undefined ? undefined : Buffer.from(kept, 'base64');
    },
    async set(id, bytes, ttlMs) {
      const ttl = Math.floor(ttlMs);
      if (!(Number.isFinite(ttl) && ttl >= 1)) return;
      const key = names.introspection(id);
      const { buffer, byteOffset, byteLength } = bytes;
      const kept = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
      await command(['SET', key, kept, 'PX', ttl.toFixed()], key);
    },
  });
}
