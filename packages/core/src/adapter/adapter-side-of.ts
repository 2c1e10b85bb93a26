import type { Principal } from '../model/principal.ts';
import { ADAPTER_SIDE, type AdapterSide } from '../request/adapter-side.ts';
import type { ResourceServer } from '../resource-server.ts';

/**
 * The adapter's side of a resource server. One that an application wrote itself, such as a test double,
 * has its public methods alone: they serve, with a promise for each request.
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
    async admit(request, optional) {
      const principal = await (optional
        ? server.authenticateOptional(request)
        : server.authenticate(request));
      // The claims are those of the server's schema, which is what `Register` declares.
      return { principal: principal as Principal | undefined, token: undefined };
    },
    report() {},
  };
}
