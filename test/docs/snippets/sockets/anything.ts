import type { NodeRequest, ResourceServer } from '@authly/core';
// #region anything
import { isLeaseEndedError, nodeRequestView } from '@authly/core';

export async function longWork(
  resourceServer: ResourceServer,
  request: NodeRequest,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<string> {
  const view = nodeRequestView(request, '/export');
  const lease = resourceServer.lease(await resourceServer.authenticate(view));
  try {
    await work(lease.signal);
    return 'done';
  } catch (error) {
    if (isLeaseEndedError(error)) return error.end.text;
    throw error;
  } finally {
    lease.end();
  }
}
// #endregion
