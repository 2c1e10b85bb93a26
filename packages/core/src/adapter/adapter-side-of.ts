import { readCredentials } from '../http/credential-source.ts';
import { ABSENT, type Credentials, credentialsOf } from '../http/credentials.ts';
import { RefusedError } from '../http/refusal.ts';
import type { RequestView } from '../http/request-view.ts';
import { SCHEME_NAMES } from '../http/schemes.ts';
import { andThen } from '../lib/maybe-promise.ts';
import { withoutStack } from '../lib/without-stack.ts';
import type { Principal } from '../model/principal.ts';
import { Refused } from '../model/refused.ts';
import { SCHEMES } from '../model/scheme.ts';
import { ADAPTER_SIDE, type AdapterSide } from '../request/adapter-side.ts';
import type { ResourceServer } from '../resource-server.ts';

/**
 * Gives the adapter side of a resource server. If the application wrote the server itself (a test double, or a copy with
 * other methods), it has no adapter side: then one is made from its public methods.
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
    admit(request, optional, source) {
      // The credentials are read before anything is awaited, because the request may change in the meantime.
      const credentials = source
        ? readCredentials(source, request, SCHEMES)
        : credentialsOf(request, SCHEMES);
      const token = credentials.scheme === undefined ? undefined : credentials.token;
      const shown = source ? presented(server, request, credentials) : request;
      const answer = optional ? server.authenticateOptional(shown) : server.authenticate(shown);
      // The cast only changes the type of the claims. They have the type of the server's schema, which `Register` declares.
      return andThen(answer as Promise<Principal | undefined>, (principal) => ({
        principal,
        token,
      }));
    },
    report() {},
  };
}

/** Makes a view of the request with its credentials in the `Authorization` header, for a server that reads only that. */
function presented(
  server: ResourceServer<unknown>,
  request: RequestView,
  credentials: Credentials,
): RequestView {
  if (credentials.scheme === undefined && credentials !== ABSENT) {
    const refused = new Refused(credentials.reason);
    throw withoutStack(() => new RefusedError(refused, (each) => server.refusal(each)));
  }
  const authorization =
    credentials.scheme === undefined
      ? undefined
      : `${SCHEME_NAMES[credentials.scheme]} ${credentials.token}`;
  return {
    method: request.method,
    routedMethod: request.routedMethod,
    url: request.url,
    header: (name) => (name === 'authorization' ? authorization : request.header(name)),
    identity: request.identity,
    peerAddress: request.peerAddress,
    overUnixSocket: request.overUnixSocket,
    peerCertificate: () => request.peerCertificate?.(),
    setResponseHeader: request.setResponseHeader,
  };
}
