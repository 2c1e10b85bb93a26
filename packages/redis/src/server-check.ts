import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '@authly/core';
import type { BoundedCommand } from './bounded-command.ts';
import type { KeyNames } from './key-names.ts';
import { optionalText, pairs } from './reply.ts';

const PROBE_MS = 1_000;
const KEEPS_EVERYTHING = 'noeviction';

/**
 * Checks that the server can do what the stores need, by the command that needs the newest server, and that
 * it drops nothing before its time.
 *
 * @throws ConfigurationError when one of the two is not so. Any other rejection is an outage.
 */
export async function checkServer(command: BoundedCommand, names: KeyNames): Promise<void> {
  await checkVersion(command, names);
  await checkEviction(command, names);
}

/**
 * Redis can do NX together with GET since 7.0. It is tried, because not every server states its version in the
 * same way.
 */
async function checkVersion(command: BoundedCommand, names: KeyNames): Promise<void> {
  const key = names.replay(`probe-${randomBytes(16).toString('base64url')}`);
  try {
    await command(['SET', key, 'probe', 'PX', String(PROBE_MS), 'NX', 'GET'], key);
  } catch (cause) {
    if (!isSyntaxError(cause)) throw cause;
    throw new ConfigurationError(
      'redisStores() needs Redis 7.0 or later, or Valkey 7.2 or later: this server does not know SET with NX and GET',
    );
  }
}

/** Passes where the configuration of the server cannot be read, as with managed services. */
async function checkEviction(command: BoundedCommand, names: KeyNames): Promise<void> {
  let settings: ReadonlyMap<string, string | undefined>;
  try {
    const read = async (name: string) => {
      const found = pairs(await command(['CONFIG', 'GET', name], names.marks), 'CONFIG GET');
      return found.map(([each, value]) => [each, optionalText(value, 'CONFIG GET')] as const);
    };
    settings = new Map((await Promise.all(['maxmemory', 'maxmemory-policy'].map(read))).flat());
  } catch {
    return;
  }
  const policy = settings.get('maxmemory-policy') ?? KEEPS_EVERYTHING;
  const isBounded = (settings.get('maxmemory') ?? '0') !== '0';
  if (isBounded && policy !== KEEPS_EVERYTHING) {
    throw new ConfigurationError(
      `redisStores(): this server drops keys when its memory is full (maxmemory-policy ${policy}): a used proof would be good again, and a revoked token. Write in redis.conf: maxmemory-policy noeviction`,
    );
  }
}

function isSyntaxError(cause: unknown): boolean {
  return cause instanceof Error && /\bsyntax error\b/i.test(cause.message);
}
