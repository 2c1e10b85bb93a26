import { authly } from '@authly/express/providers';
import { type AccessLogEntry, createApp as createExpressApi } from '@authly-examples/express-api';
import { createApp as createKoaApi } from '@authly-examples/koa-api';
import {
  API,
  type AuthorizationServer,
  createApp,
  createAuthorizationServer,
} from './authorization-server.ts';
import { listen } from './listen.ts';

/** One running API. */
export interface RunningApi {
  readonly name: string;
  readonly url: string;
  /** Resolves with the next answered request, as the API saw it. */
  nextRequest(): Promise<AccessLogEntry>;
}

/** Everything that runs: the issuer and two APIs that accept its tokens. */
export interface Stage {
  readonly authorizationServer: AuthorizationServer;
  readonly apis: readonly RunningApi[];
  close(): Promise<void>;
}

/** Starts the issuer, an Express API and a Koa API on loopback, each on a port of its own. */
export async function startStage(): Promise<Stage> {
  const servers = await Promise.all([listen(), listen(), listen()]);
  const [issuerServer, expressServer, koaServer] = servers;
  const authorizationServer = await createAuthorizationServer(issuerServer.url);
  issuerServer.serve(createApp(authorizationServer.issuer));

  const expressRequests = observe();
  const koaRequests = observe();
  // The APIs know the issuer's URL and nothing else: they fetch metadata and keys from there.
  const common = { issuer: authly(issuerServer.url), audience: API };
  expressServer.serve(createExpressApi({ ...common, log: expressRequests.log }));
  koaServer.serve(createKoaApi({ ...common, log: koaRequests.log }).callback());

  return {
    authorizationServer,
    apis: [
      { name: 'Express', url: expressServer.url, nextRequest: expressRequests.next },
      { name: 'Koa', url: koaServer.url, nextRequest: koaRequests.next },
    ],
    async close() {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

/** Makes an access log that can be waited for. */
function observe(): {
  readonly log: (entry: AccessLogEntry) => void;
  readonly next: () => Promise<AccessLogEntry>;
} {
  let tell: (entry: AccessLogEntry) => void = () => {};
  return {
    log: (entry) => tell(entry),
    next: () =>
      new Promise((resolve) => {
        tell = resolve;
      }),
  };
}
