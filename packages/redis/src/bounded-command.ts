import type { RedisCommand } from './redis-command.ts';

/** Bounds of {@link boundedCommand}. */
export interface CommandBounds {
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly maxInFlight: number;
}

/** Like a {@link RedisCommand}, but it ends in time. */
export type BoundedCommand = (args: readonly string[], key: string) => Promise<unknown>;

/**
 * A client may never say what became of a command. Its place is given to another one after this long, so
 * that no client can stop a store for good.
 */
const ABANDONED_MS = 60_000;

/**
 * Clients keep commands while they are not connected, for as long as that lasts and without a limit. So each
 * command has its own time here, and there is a limit to their number: a command that has run out of time
 * counts until the client lets go of it. What is over a limit rejects, which is an outage.
 */
export function boundedCommand(
  command: RedisCommand,
  { timeoutMs, maxInFlight }: CommandBounds,
): BoundedCommand {
  let inFlight = 0;

  return (args, key) =>
    new Promise((resolve, reject) => {
      if (inFlight >= maxInFlight) {
        reject(new Error(`${maxInFlight} commands wait for Redis already`));
        return;
      }
      inFlight += 1;
      let timer = setTimeout(() => {
        reject(new DOMException('Redis took too long', 'TimeoutError'));
        timer = unref(setTimeout(release, ABANDONED_MS));
      }, timeoutMs);
      unref(timer);
      let isReleased = false;
      function release(): void {
        clearTimeout(timer);
        if (!isReleased) inFlight -= 1;
        isReleased = true;
      }
      const failed = (cause: unknown) => {
        release();
        reject(cause);
      };
      const answered = (reply: unknown) => {
        release();
        // Some clients hand on an error of the server as if it were a reply.
        if (reply instanceof Error) reject(reply);
        else resolve(reply);
      };
      try {
        Promise.resolve(command(args, key)).then(answered, failed);
      } catch (cause) {
        failed(cause);
      }
    });
}

function unref<Timer extends { unref(): unknown }>(timer: Timer): Timer {
  timer.unref();
  return timer;
}
