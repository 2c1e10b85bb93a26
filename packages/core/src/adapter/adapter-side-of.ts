import { credentialsOf } from '../http/credentials.ts';
import { andThen } from '../lib/maybe-promise.ts';
import type { Principal } from '../model/principal.ts';
import { SCHEMES } from '../model/scheme.ts';
import { ADAPTER_SIDE, type AdapterSide } from '../request/adapter-side.ts';
import type { ResourceServer } from '../resource-server.ts';

/**
 * The adapter's side of a resource server. One that an application wrote itself, such as a test double,
 * or a copy with methods of its own, has its public methods alone: then they serve.
 */
export function adapterSideOf(server: ResourceServer<unknown>): AdapterSide {
  return hasAdapterSide(server) ? server[ADAPTER_SIDE] : publicSideOf(server);
}

function hasAdapterSide(
  server: ResourceServer<unknown>,
): server is ResourceServer<unknown> & { readonly [ADAPTER_SIDE]: AdapterSide } {
  return ADAPTER_SIDE in server;
}

function publicSideOf(server: ResourceServer<unknown>): AdapterSide {
  return {
    admit(request, optional) {
      // Read before anything is awaited: a request may change while it waits.
      const credentials = credentialsOf(request, SCHEMES);
      const token = credentials.scheme === undefined ? undefined : credentials.token;
      const answer = optional ? server.authenticateOptional(request) : server.authenticate(request);
      // The claims are those of the server's schema, which is what `Register` declares.
      return andThen(answer as Promise<Principal | undefined>, (principal) => ({
        principal,
        token,
      }));
    },
    report() {},
  };
}
