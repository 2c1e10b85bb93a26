import { request } from 'node:http';
import { listen } from '../../support/requests.ts';
import type { Workbench } from '../frame/workbench.ts';

/**
 * Starts a gateway that forwards `/auth/v1` to the server, as in each Supabase project. Returns its
 * origin. The gateway starts before the server does: `to` sets the server's port later.
 */
export async function startGateway(
  bench: Workbench,
): Promise<{ readonly origin: string; to(port: number): void }> {
  const gateway = await listen();
  bench.onEnd(gateway.close);
  return {
    origin: gateway.origin,
    to: (port) => {
      gateway.serve((incoming, outgoing) => {
        const { method, headers, url = '/' } = incoming;
        const path = url.replace(/^\/auth\/v1(?=\/|$)/, '');
        if (path === url) {
          outgoing.writeHead(404).end();
          return;
        }
        const passed = request({ host: '127.0.0.1', port, method, headers, path }, (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(outgoing);
        });
        passed.on('error', () => outgoing.destroy());
        incoming.pipe(passed);
      });
    },
  };
}
