import { randomBytes } from 'node:crypto';
import { ConfigurationError, type Revocations } from '@authly/core';
import type { BoundedCommand } from './bounded-command.ts';
import type { KeyNames } from './key-names.ts';
import { optionalText, pairs } from './reply.ts';

const PROBE_MS = 1_000;
const SETTINGS = /^(\d{1,10}):(\d{1,10})$/;
const KEEPS_EVERYTHING = 'noeviction';

/** The settings that all processes that share marks must have. */
export type SharedSettings = Pick<Revocations, 'retainSec' | 'toleranceSec'>;

/**
 * Checks that the server can do what the stores need, by the command that needs the newest server, that
 * it drops nothing before its time, and that the other processes of the prefix have the same settings.
 *
 * @throws ConfigurationError when one of these is not so. Any other rejection is an outage.
 */
export async function checkServer(
  command: BoundedCommand,
  names: KeyNames,
  settings: SharedSettings,
): Promise<void> {
  await checkVersion(command, names);
  await checkEviction(command, names);
  await checkSettings(command, names, settings);
}

/**
 * The process that makes a mark decides how long it is kept, and each process decides how long the tokens that
 * it accepts may live. These times must fit together. So the settings of the first process are stored at the
 * server, and all others are compared with them.
 */
async function checkSettings(
  command: BoundedCommand,
  { settings: key }: KeyNames,
  { retainSec, toleranceSec }: SharedSettings,
): Promise<void> {
  const own = `${retainSec}:${toleranceSec}`;
  const known = optionalText(await command(['SET', key, own, 'NX', 'GET'], key), 'SET');
  if (known === undefined || known === own) return;
  const [, retain, tolerance] = SETTINGS.exec(known) ?? [];
  const others = `retainSec: ${retain ?? '…'}, toleranceSec: ${tolerance ?? '…'}`;
  throw new ConfigurationError(
    `redisStores(): this process has retainSec: ${retainSec}, toleranceSec: ${toleranceSec}, but other processes with the same prefix have ${others}, so a token could outlive its mark. Write: ${others}. To change them for all processes, first delete the key ${key}: redis-cli del '${key}'`,
  );
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
      `redisStores(): this server drops keys when its memory is full (maxmemory-policy ${policy}), so a used proof or a revoked token would be accepted again. Write in redis.conf: maxmemory-policy noeviction`,
    );
  }
}

function isSyntaxError(cause: unknown): boolean {
  return cause instanceof Error && /\bsyntax error\b/i.test(cause.message);
}
