import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { textIn } from './json-members.ts';
import type { signalledPresets } from './signalled-presets.ts';
import type { Workbench } from './workbench.ts';

/** The settings of one process of the API. */
export interface SignalledApiOptions {
  readonly framework: string;
  readonly preset: keyof typeof signalledPresets;
  readonly issuer: string;
  readonly redisUrl: string;
  /** The client whose logout tokens come to `/logout`. */
  readonly clientId: string;
  /** Whether access tokens carry the session that logout tokens name. Default `true`. */
  readonly sidInAccessTokens?: boolean;
  /** The stream of security events that the server sends to `/events`, if it has one. */
  readonly stream?: {
    /** The beginning of `aud` in its events. */
    readonly audience: string;
    readonly authorization: string;
  };
}

const PROGRAM = fileURLToPath(new URL('./signalled-api.ts', import.meta.url));

/** Starts an API in its own process. Returns its origin. */
export async function startApiProcess(
  bench: Workbench,
  options: SignalledApiOptions,
): Promise<string> {
  const child = fork(PROGRAM, [JSON.stringify(options)]);
  bench.onEnd(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill();
    await ended;
  });
  const early = once(child, 'exit').then(([code]) => {
    throw new Error(`The API in ${options.framework} ended with ${code}`);
  });
  const [message] = await Promise.race([once(child, 'message'), early]);
  early.catch(() => {}); // The process ends later, when the trial is over; that is not an error.
  return textIn(message, 'origin');
}
