import { isStringList } from '../lib/json.ts';
import { ownProperty } from '../lib/own-property.ts';
import { requestMember } from '../lib/request-member.ts';
import type { RequestView, SetResponseHeader } from './request-view.ts';

/** The part of Node's `http.IncomingMessage` that is read: both frameworks carry one. */
export interface NodeRequest {
  readonly method?: string | undefined;
  /** What method-override middleware of Express keeps: the method as it stood on the request line. */
  readonly originalMethod?: unknown;
  /**
   * Names and values alternate, as they arrived. Of some repeated headers Node's `headers` keeps only one. A
   * test's request may have only `headers`.
   */
  readonly rawHeaders?: readonly string[] | undefined;
  /** By lower-case name. Changes by earlier middleware count. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  /** The connection; `undefined` for a request that came by no socket. */
  readonly socket?: object | null | undefined;
}

/** The part of Node's `http.ServerResponse` that is used, and of its HTTP/2 counterpart. */
export interface NodeResponse {
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  /** Without it, no header of the response counts as set. */
  hasHeader?(name: string): boolean;
}

/** What belongs to a request beside Node's own object. */
export interface NodeExchange {
  /** The framework's request; default: Node's. */
  readonly identity?: object | undefined;
  /** Where response headers are set; without it the view sets none. */
  readonly response?: NodeResponse | undefined;
}

/**
 * A view of Node's request, HTTP/1.1 or HTTP/2. `url` is path and query as the client sent them. The
 * peer's address is read at once, since a connection that ends meanwhile no longer tells it; everything
 * else is read when it is asked for.
 */
export function nodeRequestView(
  request: NodeRequest,
  url: string,
  exchange?: NodeExchange,
): RequestView {
  return exchangeView(request, url, exchange?.response, exchange?.identity);
}

/**
 * As {@link nodeRequestView}, for the adapters, on every request. It takes no object of both: V8 may move such object
 * literals to the old generation of the heap when a start under load has kept many of them alive. Once there, each keeps
 * its request alive until the next full collection. One process in eight was in this state, and took 7 µs more for each
 * request. Objects of a class are never moved there early.
 */
export function exchangeView(
  request: NodeRequest,
  url: string,
  response: NodeResponse | undefined,
  identity: object = request,
): RequestView {
  return new NodeRequestView(request, url, response, identity);
}

// A class, because a view is made for every request: closures, and members that are seldom read, would cost more.
class NodeRequestView implements RequestView {
  readonly url: string;
  readonly peerAddress: string | undefined;
  // Private, so that printing a view prints no request.
  readonly #request: NodeRequest;
  readonly #response: NodeResponse | undefined;
  readonly #identity: object;

  constructor(
    request: NodeRequest,
    url: string,
    response: NodeResponse | undefined,
    identity: object,
  ) {
    this.url = url;
    this.peerAddress = peerAddress(request);
    this.#request = request;
    this.#response = response;
    this.#identity = identity;
  }

  header(name: string): string | readonly string[] | undefined {
    return rawHeader(this.#request, name);
  }

  get method(): string {
    const { originalMethod, method } = this.#request;
    return typeof originalMethod === 'string' ? originalMethod : (method ?? 'GET');
  }

  get routedMethod(): string | undefined {
    return this.#request.method;
  }

  get identity(): object {
    return this.#identity;
  }

  get overUnixSocket(): boolean {
    return isOverUnixSocket(this.#request);
  }

  peerCertificate(): Uint8Array | undefined {
    return peerCertificate(this.#request);
  }

  get setResponseHeader(): SetResponseHeader | undefined {
    const response = this.#response;
    if (response === undefined) return undefined;
    return (name, value, { unlessSet = false } = {}) => {
      if (response.headersSent || (unlessSet && response.hasHeader?.(name) === true)) return;
      response.setHeader(name, value);
    };
  }
}

// Kept on the socket: Node's getter takes 30 ns at each request of a connection, this one 1 ns.
const PEER_ADDRESS: unique symbol = Symbol.for('@authly/core:peerAddress');
// Node makes the certificate's object anew each time it is asked, which costs 20 µs.
const PEER_CERTIFICATE: unique symbol = Symbol.for('@authly/core:peerCertificate');

interface PeerCertificate {
  readonly raw?: unknown;
}

/** The certificate of the latest handshake of a connection, once it was asked for. */
interface KeptCertificate {
  der: Uint8Array | undefined;
}

interface NodeSocket {
  [PEER_ADDRESS]?: string;
  [PEER_CERTIFICATE]?: KeptCertificate;
  readonly destroyed?: boolean;
  readonly remoteAddress?: unknown;
  readonly server?: { address?(): unknown } | null | undefined;
  readonly getPeerX509Certificate?: () => PeerCertificate | null | undefined;
  readonly getPeerCertificate?: () => PeerCertificate | null | undefined;
  readonly addListener?: (event: 'secure', listener: () => void) => unknown;
}

/** Reads something of a request's socket. HTTP/2's is a proxy, whose members throw once the session has ended. */
function ofSocket<Value>(
  request: NodeRequest,
  read: (socket: NodeSocket) => Value | undefined,
): Value | undefined {
  try {
    const socket = requestMember(request, 'socket');
    return socket ? read(socket) : undefined;
  } catch {
    return undefined;
  }
}

function peerAddress(request: NodeRequest): string | undefined {
  return ofSocket(request, keptPeerAddress);
}

function keptPeerAddress(socket: NodeSocket): string | undefined {
  return socket[PEER_ADDRESS] ?? readPeerAddress(socket);
}

function readPeerAddress(socket: NodeSocket): string | undefined {
  const { remoteAddress } = socket;
  if (typeof remoteAddress !== 'string') return undefined;
  // Not an assignment, which throws for a frozen stand-in.
  Reflect.set(socket, PEER_ADDRESS, remoteAddress);
  return remoteAddress;
}

function isOverUnixSocket(request: NodeRequest): boolean {
  // A server on a Unix domain socket has its path for an address; one on a port has an object.
  return ofSocket(request, ({ server }) => typeof server?.address?.() === 'string') === true;
}

function peerCertificate(request: NodeRequest): Uint8Array | undefined {
  return ofSocket(request, keptPeerCertificate);
}

function keptPeerCertificate(socket: NodeSocket): Uint8Array | undefined {
  if (socket.destroyed === true) return undefined;
  return socket[PEER_CERTIFICATE]?.der ?? readPeerCertificate(socket);
}

// Never `authorized`: Node says true for a resumed session without any certificate.
function readPeerCertificate(socket: NodeSocket): Uint8Array | undefined {
  const certificate = socket.getPeerX509Certificate
    ? socket.getPeerX509Certificate()
    : socket.getPeerCertificate?.();
  const raw = certificate?.raw;
  // Not remembered where there is none: a server may ask for a certificate later.
  if (!(raw instanceof Uint8Array) || raw.length === 0) return undefined;
  keepUntilNextHandshake(socket, raw);
  return raw;
}

// TLS 1.2 can make another handshake on a connection, and the certificate may then be another.
function keepUntilNextHandshake(socket: NodeSocket, der: Uint8Array): void {
  const known = socket[PEER_CERTIFICATE];
  if (known !== undefined) {
    known.der = der;
    return;
  }
  // Not `on`: on the socket of an HTTP/2 request that listens to the stream, not to the connection.
  if (typeof socket.addListener !== 'function') return;
  const kept: KeptCertificate = { der };
  socket.addListener('secure', () => {
    kept.der = undefined;
  });
  Reflect.set(socket, PEER_CERTIFICATE, kept);
}

/**
 * A header's value by its lower-case name; a list when there are several, never joined. Changes that earlier
 * middleware made to `headers` count: a removed header is absent, and of a written one only the new value
 * counts. A header that nobody changed is read from `rawHeaders`, because only that shows repeated headers.
 */
export function rawHeader(
  request: NodeRequest,
  name: string,
): string | readonly string[] | undefined {
  const headers = requestMember(request, 'headers');
  const rawHeaders = requestMember(request, 'rawHeaders') ?? NONE;
  if (headers === undefined) return rawValues(rawHeaders, name);
  const parsed: unknown = ownProperty(headers, name);
  if (typeof parsed !== 'string') return isStringList(parsed) ? parsed : undefined;
  // Most requests take this branch: `parsed` is the text that Node took from `rawHeaders`. A request that came
  // by no socket (serverless-http makes such requests), or a test's own, may have only `headers`.
  const arrived = rawValues(rawHeaders, name);
  if (arrived === undefined || arrived === parsed) return parsed;
  return Array.isArray(arrived) && isMadeOf(parsed, arrived) ? arrived : parsed;
}

const NONE: readonly string[] = Object.freeze([]);

function rawValues(
  rawHeaders: readonly string[],
  name: string,
): string | readonly string[] | undefined {
  let found: string | string[] | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index] as string;
    // Lengths first: lower-casing every name would cost more than the rest of the way.
    if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue;
    const value = rawHeaders[index + 1] as string;
    if (found === undefined) found = value;
    else if (typeof found === 'string') found = [found, value];
    else found.push(value);
  }
  return found;
}

/** Whether Node made this value of repeated headers: it keeps the first of some, and joins others. */
function isMadeOf(parsed: string, arrived: readonly string[]): boolean {
  return parsed === arrived[0] || parsed === arrived.join(', ') || parsed === arrived.join('; ');
}
