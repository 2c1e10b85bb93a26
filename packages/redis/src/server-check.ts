import { randomBytes } from 'node:crypto';
import { ConfigurationError, type Revocations } from '@authly/core';
import type { BoundedCommand } from './bounded-command.ts';
import type { KeyNames } from './key-names.ts';
import { optionalText, pairs } from './reply.ts';

const PROBE_MS = 1_000;
const SETTINGS = /^(\d{1,10}):(\d{1,10})$/;
const KEEPS_EVERYTHING = 'noeviction';

/** What processes that share marks have to have in common. */
export type SharedSettings = Pick<Revocations, 'retainSec' | 'toleranceSec'>;

/**
 * Checks that the server can do what the stores need, by the command that needs the newest server, that
 * it drops nothing before its time, and that the other processes of the prefix have the same settings.
 *
 * @throws ConfigurationError when one of them does not hold. Any other rejection is an outage.
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
 * A mark is kept for as long as the process says that makes it, and each process accepts tokens that live as long as
 * it says itself. The first process that asks says for all what is right: it stays at the server.
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
    `redisStores(): this process has retainSec: ${retainSec}, toleranceSec: ${toleranceSec}, and others of its prefix ${others}: a token could outlive its mark. Write: ${others}. To change them for all processes, first delete the key ${key}: redis-cli del '${key}'`,
  );
}

/** NX together with GET is of Redis 7.0. By trying, since what a version calls itself is not the same everywhere. */
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

/** Nothing is said where the server does not let anybody read its configuration, as managed services do not. */
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
