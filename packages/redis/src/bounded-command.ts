import type { RedisCommand } from './redis-command.ts';

/** Limits of {@link boundedCommand}. */
export interface CommandBounds {
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly maxInFlight: number;
}

/** Like a {@link RedisCommand}, but with a time limit. */
export type BoundedCommand = (args: readonly string[], key: string) => Promise<unknown>;

/**
 * Some clients never end a command. After this time another command may take its place, so that no client can
 * block a store for ever.
 */
const ABANDONED_MS = 60_000;

/**
 * While a client is not connected it keeps all commands, without a limit of time or number. So here each
 * command has a time limit, and the number of commands has a limit too. A command that ran out of time counts
 * until the client ends it. A command over a limit rejects, which is an outage.
 */
export function boundedCommand(
  command: RedisCommand,
  { timeoutMs, maxInFlight }: CommandBounds,
): BoundedCommand {
  let inFlight = 0;

  return (args, key) =>
    new Promise((resolve, reject) => {
      if (inFlight >= maxInFlight) {
        reject(new Error(`${maxInFlight} commands are waiting for Redis already`));
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
        // Some clients resolve with an error of the server as if it were a reply.
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
