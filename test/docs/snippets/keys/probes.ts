import type { Server } from 'node:http';
import type { ResourceServer } from '@authly/express';
import express from 'express';

/** The application, and how it ends. */
export function createApp(resourceServer: ResourceServer, server: Server) {
  const app = express();

  // #region probes
  // Before `authenticate`. Liveness asks nobody: a restart would not mend the provider.
  app.get('/livez', (_req, res) => {
    res.sendStatus(200);
  });

  app.get('/readyz', async (_req, res) => {
    try {
      await resourceServer.ready({ signal: AbortSignal.timeout(2_000) });
      res.sendStatus(200);
    } catch {
      res.sendStatus(503);
    }
  });
  // #endregion

  function stop() {
    // #region close
    // Once the last request is answered.
    server.close(() => resourceServer.close());
    // #endregion
  }
  return { app, stop };
}
