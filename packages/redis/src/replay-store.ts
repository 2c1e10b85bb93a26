import { randomBytes } from 'node:crypto';
import type { ReplayStore } from '@authly/core';
import type { BoundedCommand } from './bounded-command.ts';
import type { KeyNames } from './key-names.ts';
import { optionalText } from './reply.ts';

/**
 * One `SET … NX GET` for each id, which the server runs in one step for all processes. The server counts its
 * time from its arrival, so differences between clocks do not matter.
 *
 * Each reservation has an owner of its own. A client that lost the connection before the reply may send the
 * command again. It then finds its own owner, and so knows that the proof was not used before.
 */
export function redisReplayStore(command: BoundedCommand, names: KeyNames): ReplayStore {
  const process = randomBytes(16).toString('base64url');
  let count = 0;

  return Object.freeze<ReplayStore>({
    async reserve(id, { ttlMs }) {
      if (!(Number.isFinite(ttlMs) && ttlMs > 0)) {
        throw new RangeError('ttlMs must be a number of milliseconds above 0');
      }
      count += 1;
      const owner = `${process}.${count.toString(36)}`;
      const key = names.replay(id);
      const ttl = Math.ceil(ttlMs).toFixed();
      const reply = await command(['SET', key, owner, 'PX', ttl, 'NX', 'GET'], key);
      const holder = optionalText(reply, 'SET');
      return holder === undefined || holder === owner;
    },
  });
}
