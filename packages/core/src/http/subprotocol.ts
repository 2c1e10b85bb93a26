import { ConfigurationError } from '../model/errors.ts';
import { bearer, type CredentialSource, sourceOf, withoutBlanks } from './credential-source.ts';
import { ABSENT, credentialsOf, REPEATED } from './credentials.ts';

/** The header in which a client of a WebSocket offers protocols, by its lower-case name. */
export const PROTOCOLS = 'sec-websocket-protocol';

// By a registered symbol, so that another copy of this package reads it, too.
const PREFIX: unique symbol = Symbol.for('@authly/core:subprotocol-prefix');

/** RFC 9110 §5.6.2: what the name of a protocol is made of (RFC 6455 §4.1). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Reads access tokens from `Sec-WebSocket-Protocol` (RFC 6455 §4.1), too, for browsers, whose `WebSocket` can
 * send no `Authorization`: `guardUpgrade(server, { credentials: fromSubprotocol('bearer.') }, …)`, and in the
 * page `new WebSocket(url, ['chat.v1', 'bearer.' + token])`. The page must also offer a protocol of the
 * application, because browsers close a socket whose server accepts none. `guardUpgrade` removes the token from
 * the request, so that no library answers with it as the protocol. More than one token is refused (400), and so
 * is one beside an `Authorization` header.
 *
 * The token counts as a bearer token. Not checked: the origin, because a page of another site does not have the
 * token; and whether a proxy on the way writes headers to a log.
 *
 * @throws ConfigurationError for a prefix that is no beginning of a protocol's name.
 */
export function fromSubprotocol(prefix: string): CredentialSource {
  if (typeof prefix !== 'string' || !TOKEN.test(prefix)) {
    throw new ConfigurationError(
      "fromSubprotocol() needs the prefix of the subprotocol that holds the token. Write: fromSubprotocol('bearer.')",
    );
  }
  const source = sourceOf(`subprotocol ${prefix}`, (request, accepted) => {
    const header = credentialsOf(request, accepted);
    const [value, second] = offeredProtocols(request.header(PROTOCOLS)).filter((each) =>
      each.startsWith(prefix),
    );
    if (value === undefined) return header;
    if (second !== undefined || header !== ABSENT) return REPEATED;
    return bearer(value.slice(prefix.length));
  });
  return Object.freeze({ ...source, [PREFIX]: prefix });
}

/** How the protocols begin that hold a token; `undefined` where the token is elsewhere. */
export function subprotocolPrefix(source: CredentialSource): string | undefined {
  const prefix: unknown = Reflect.get(source, PREFIX);
  return typeof prefix === 'string' ? prefix : undefined;
}

/** The protocols that a client offers, in its order; in one header or in several. */
export function offeredProtocols(
  header: string | readonly string[] | undefined,
): readonly string[] {
  if (header === undefined) return [];
  const lines = typeof header === 'string' ? [header] : header;
  return lines.flatMap((line) => line.split(',').map(withoutBlanks)).filter((each) => each !== '');
}
