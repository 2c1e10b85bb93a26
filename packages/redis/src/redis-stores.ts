import {
  ConfigurationError,
  checkOptions,
  type IntrospectionStore,
  type OptionNames,
  type ReplayStore,
  type Revocations,
  type RevocationsOptions,
  systemClock,
} from '@authly/core';
import { type BoundedCommand, boundedCommand } from './bounded-command.ts';
import { isSameClient } from './clients.ts';
import { BLOCK_MS, startFollower } from './follower.ts';
import { redisIntrospectionStore } from './introspection-store.ts';
import { keyNames } from './key-names.ts';
import { createMarkLog } from './mark-log.ts';
import { createMarkMirror } from './mark-mirror.ts';
import { createMarkTable } from './mark-table.ts';
import type { RedisCommand } from './redis-command.ts';
import { redisReplayStore } from './replay-store.ts';
import { type FollowedMarks, redisRevocations } from './revocations.ts';
import { checkServer } from './server-check.ts';

/** How this process follows the marks. */
export interface FollowOptions {
  /** Commands on a connection of their own, which waits at the server for the next mark: `nodeRedis(client.duplicate())`. */
  readonly command: RedisCommand;
  /**
   * How long the copy counts without an answer from the server. After that, tokens may have been revoked
   * without notice, and `onOutage` of the resource server decides. Seconds, a whole number from 2 to 300.
   * Default 10.
   */
  readonly maxLagSec?: number | undefined;
}

/** Options of {@link redisStores}. */
export interface RedisStoresOptions extends RevocationsOptions {
  /** How commands are sent: `nodeRedis(client)`, `nodeRedisCluster(cluster)`, `ioredis(client)`, `iovalkey(client)`, or a function of your own. */
  readonly command: RedisCommand;
  /**
   * The first part of every key: the same for all processes of this API, another one for each other
   * application. 1 to 100 letters, digits, `_`, `.`, `:` and `-`.
   */
  readonly prefix: string;
  /** Keeps a copy of the marks in this process. Default: the server is asked about each token. */
  readonly follow?: FollowOptions | undefined;
  /** A command that takes longer is an outage. Milliseconds, a whole number from 1 to 60,000. Default 250. */
  readonly timeoutMs?: number | undefined;
  /**
   * With how many marks the store is full for holders. A holder is an issuer that sends signals; it may have at
   * most as many marks as are still free. Marks that the application makes itself take room, too, but are never
   * refused. A whole number from 1. Default 1,000,000, about 450 MB at the server.
   */
  readonly maxMarks?: number | undefined;
  /**
   * How many commands may wait for an answer at the same time; one more is an outage. A whole number from 1 to
   * 1,000,000. Default 1,000.
   */
  readonly maxInFlight?: number | undefined;
}

/** What the processes of an API share. */
export interface RedisStores {
  /** Used proofs: `dpop: { replay }`. */
  readonly replay: ReplayStore;
  /** Revoked tokens: `revocation: { store: revocations }`. With `follow` it has `subscribe`. */
  readonly revocations: Revocations;
  /** Introspection answers, which core seals: `introspection: { cache: { store: introspections, secrets } }`. */
  readonly introspections: IntrospectionStore;
  /**
   * Checks whether the server is new enough, can be written to, and (if its configuration can be read) drops
   * nothing before its time, and whether other processes of the prefix keep marks for the same time. With
   * `follow` it also waits until the marks are loaded. Calling it is optional.
   *
   * Rejects with a `ConfigurationError` when the server or these settings do not fit, and with the client's
   * error when it cannot be reached. It has a time limit, even if the client has none. Another call tries
   * again.
   */
  ready(): Promise<void>;
  /** Stops following. It closes no connection: the code that opened it must close it. */
  close(): void;
}

const OPTIONS: OptionNames<RedisStoresOptions> = {
  command: true,
  prefix: true,
  retainSec: true,
  toleranceSec: true,
  follow: true,
  maxMarks: true,
  timeoutMs: true,
  maxInFlight: true,
  clock: true,
};
const FOLLOW_OPTIONS: OptionNames<FollowOptions> = { command: true, maxLagSec: true };

const LINE = "redisStores({ command: nodeRedis(client), prefix: 'orders' })";
const FOLLOW_LINE = 'follow: { command: nodeRedis(client.duplicate()) }';
/**
 * Commands of a follower at the same time: a waiting read, and some after it. More would mean that the client
 * does not end them.
 */
const FOLLOW_IN_FLIGHT = 8;

/**
 * Stores on Redis (7.0 or later) or Valkey (7.2 or later) for all processes of an API. Each question is decided
 * by one command, which the server runs in one step. What is stored does not show ids of callers, claims or
 * tokens.
 *
 * Sends no command before it is used, except with `follow`, which begins at once.
 *
 * Limits of Redis: a replica may lack what its primary has acknowledged, so after a failover a proof may pass a
 * second time, and a mark may be lost. A restart without AOF loses everything.
 *
 * @throws ConfigurationError for an option that is unknown or not right.
 */
export function redisStores(options: RedisStoresOptions): RedisStores {
  const given = checkOptions('redisStores()', options, OPTIONS, LINE);
  const { command, prefix, follow, retainSec, toleranceSec, clock = systemClock } = given;
  const { timeoutMs = 250, maxInFlight = 1_000, maxMarks = 1_000_000 } = given;
  checkCommand('command', command, LINE);
  checkRange({ timeoutMs }, { from: 1, to: 60_000, example: 250 });
  checkRange({ maxInFlight }, { from: 1, to: 1_000_000, example: 1_000 });
  checkRange({ maxMarks }, { from: 1, to: Number.MAX_SAFE_INTEGER, example: 1_000_000 });
  const names = keyNames(prefix);
  const bounded = boundedCommand(command, { timeoutMs, maxInFlight });
  const table = createMarkTable(bounded, { names, clock, maxMarks });
  const make = (followed: FollowedMarks | undefined) =>
    redisRevocations({ table, followed, options: { retainSec, toleranceSec, clock } });

  const followed = follow && startFollowing(follow);
  const revocations = make(followed);

  function startFollowing(wanted: FollowOptions): FollowedMarks {
    const { command: own, maxLagSec = 10 } = checkOptions(
      'redisStores(): follow',
      wanted,
      FOLLOW_OPTIONS,
      FOLLOW_LINE,
    );
    checkCommand('follow.command', own, FOLLOW_LINE);
    checkRange({ 'follow.maxLagSec': maxLagSec }, { from: 2, to: 300, example: 10 });
    if (isSameClient(own, command)) {
      throw new ConfigurationError(
        `redisStores(): follow.command uses the same client as command, so it would block all other commands. Write: ${FOLLOW_LINE}`,
      );
    }
    // All options are checked before the first command is sent.
    make(undefined);
    const reading: BoundedCommand = boundedCommand(own, {
      timeoutMs: BLOCK_MS + timeoutMs,
      maxInFlight: FOLLOW_IN_FLIGHT,
    });
    const mirror = createMarkMirror(clock);
    const log = createMarkLog(reading, names);
    const follower = startFollower({ log, table, mirror, clock });
    return { mirror, follower, maxLagSec };
  }

  return Object.freeze<RedisStores>({
    replay: redisReplayStore(bounded, names),
    revocations,
    introspections: redisIntrospectionStore(bounded, names),
    async ready() {
      await checkServer(bounded, names, revocations);
      await followed?.follower.loaded();
    },
    close: () => followed?.follower.close(),
  });
}

function checkCommand(name: string, command: unknown, line: string): void {
  if (typeof command === 'function') return;
  throw new ConfigurationError(
    `redisStores(): ${name} must be a function that sends a command, such as nodeRedis(client). Write: ${line}`,
  );
}

function checkRange(
  given: Readonly<Record<string, unknown>>,
  { from, to, example }: { readonly from: number; readonly to: number; readonly example: number },
): void {
  for (const [name, value] of Object.entries(given)) {
    if (Number.isSafeInteger(value) && Number(value) >= from && Number(value) <= to) continue;
    throw new ConfigurationError(
      `redisStores(): ${name} must be a whole number from ${from} to ${to}. Write: ${name.replace('follow.', '')}: ${example}`,
    );
  }
}
