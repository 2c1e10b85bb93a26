// #region renewal
import { type AdmittedConnection, isAuthError } from '@authly/express';
import type { WebSocket } from 'ws';

export function takeRenewals(ws: WebSocket, { lease }: AdmittedConnection): void {
  lease.onRenewalDue(() => ws.send('{"type":"renewal-due"}'), { bySec: 60 });
  ws.on('message', (data) => {
    const [type, token = '', proof] = String(data).split(' ');
    if (type !== 'renew') return;
    lease.renew(token, proof).then(
      () => ws.send('{"type":"renewed"}'),
      // The socket lives on until the old token expires.
      (error) => isAuthError(error) && ws.send(`{"type":"not-renewed","error":"${error.code}"}`),
    );
  });
}
// #endregion
