import { clientSecretBasic, type TokenEventListener, tokenSource } from '@authly/client';

/** Who this service is, and which API it calls. */
export interface OrdersClientOptions {
  /** The authorization server's issuer identifier. */
  readonly issuer: string;
  readonly clientId: string;
  /** The secret, or a function that reads it, which finds a rotated secret without a restart. */
  readonly clientSecret: string | (() => string | Promise<string>);
  /** The API, as the authorization server knows it (RFC 8707). */
  readonly resource: string;
  /** Where the API is. */
  readonly apiUrl: string;
  /** Scopes to ask for, separated by spaces. Default: all that the client may have. */
  readonly scope?: string | undefined;
  /** Called for every token that was fetched, and for every failure. */
  readonly onEvent?: TokenEventListener;
}

/** Calls one API with this service's own token. */
export interface OrdersClient {
  /** As `fetch`, with a path below the API's URL. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  close(): void;
}

/** A client of the orders API. The token is kept, and renewed before it ends. */
export function createOrdersClient(options: OrdersClientOptions): OrdersClient {
  const { issuer, clientId, clientSecret, resource, apiUrl, scope, onEvent } = options;
  const source = tokenSource({
    issuer,
    client: clientSecretBasic(clientId, clientSecret),
    resource,
    // The API's URL may differ from its identifier.
    origins: [new URL(apiUrl).origin],
    ...(scope !== undefined && { scope }),
    ...(onEvent !== undefined && { onEvent }),
  });
  return {
    fetch: (path, init) => source.fetch(new URL(path, apiUrl), init),
    close: () => source.close(),
  };
}
