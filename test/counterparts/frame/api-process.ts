import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { textIn } from './json-members.ts';
import type { signalledPresets } from './signalled-presets.ts';
import type { Workbench } from './workbench.ts';

/** What a process of the API is made of. */
export interface SignalledApiOptions {
  readonly framework: string;
  readonly preset: keyof typeof signalledPresets;
  readonly issuer: string;
  readonly redisUrl: string;
  /** The client whose logout tokens come to `/logout`. */
  readonly clientId: string;
  /** Whether access tokens carry the session that logout tokens name. Default `true`. */
  readonly sidInAccessTokens?: boolean;
  /** The stream of security events that comes to `/events`, where the server has one. */
  readonly stream?: {
    /** What `aud` of its events begins with. */
    readonly audience: string;
    readonly authorization: string;
  };
}

const PROGRAM = fileURLToPath(new URL('./signalled-api.ts', import.meta.url));

/** Starts an API in a process of its own; gives its origin. */
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
  early.catch(() => {}); // It ends later, as it has to.
  return textIn(message, 'origin');
}
