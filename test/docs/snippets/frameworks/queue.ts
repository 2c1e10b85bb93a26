// #region queue
import { isAuthError, type Principal, type ResourceServer, scope } from '@authly/core';

interface Message {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: unknown;
}

type Outcome = 'done' | 'retry' | 'rejected';

/** Handles one message that carries its sender's access token. */
export async function handle(
  resourceServer: ResourceServer,
  { headers, body }: Message,
  work: (caller: Principal, body: unknown) => Promise<void>,
): Promise<Outcome> {
  let caller: Principal;
  try {
    caller = await resourceServer.verify(headers['access-token'] ?? '');
  } catch (error) {
    if (!isAuthError(error)) throw error;
    // Keys, a store or an issuer cannot be reached: the token may be good.
    return error.code === 'temporarily_unavailable' ? 'retry' : 'rejected';
  }
  if (resourceServer.evaluate(caller, scope('write:orders'))) return 'rejected';
  await work(caller, body);
  return 'done';
}
// #endregion
