import { lookup as lookUpName } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { isTrue } from '../lib/callback-result.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';

/** How {@link nodeFetch} connects. */
export interface NodeFetchOptions {
  /** Certificate authorities in PEM. They replace those that Node trusts. */
  readonly ca?: string | undefined;
  /**
   * Whether a connection may be made to an IP address, which was resolved or stands in the URL. The connection is
   * made to exactly this address. Default: all. Anything but `true` fails the request with `ERR_ADDRESS_REFUSED`, a promise too.
   */
  readonly acceptsAddress?: ((address: string) => boolean) | undefined;
}

const OPTIONS: OptionNames<NodeFetchOptions> = { ca: true, acceptsAddress: true };

/** Statuses that have no body: `Response` takes none for them. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A `fetch` for metadata, keys and introspection over Node's own `http` and `https`. It takes what the global `fetch` has
 * no option for: a certificate authority, or which addresses it may connect to. Give it as `fetch` to a
 * resource server, or to one preset.
 *
 * It sends method, headers and body as the global `fetch` does, a body in one piece. It follows no redirect,
 * asks for no compression, honors `signal`, and keeps no connection. It rejects as `fetch` does: with the
 * signal's reason, or with an error whose `code` is the system's.
 *
 * @throws ConfigurationError for an option that it does not know.
 */
export function nodeFetch(options: NodeFetchOptions = {}): typeof globalThis.fetch {
  const { ca, acceptsAddress = () => true } = checkOptions('nodeFetch()', options, OPTIONS);
  const lookup = checkedLookup(acceptsAddress);
  return async (input, init) => {
    // Makes the method, headers and body out of what `fetch` takes, and refuses what it refuses. Without the
    // signal: that of a Request ends with it, once the garbage collector takes it.
    const asked = new Request(input, { ...init, signal: null });
    const { method } = asked;
    const signal = signalOf(input, init);
    const url = new URL(asked.url);
    const literal = url.hostname.replace(/^\[|\]$/g, '');
    // Node does not call the lookup for a literal IP address, so it is checked here.
    if (isIP(literal) !== 0 && !isTrue(acceptsAddress(literal))) throw addressRefused();
    const body = asked.body === null ? undefined : new Uint8Array(await asked.arrayBuffer());
    return new Promise((resolve, reject) => {
      const send = url.protocol === 'http:' ? requestHttp : requestHttps;
      const request = send(url, {
        method,
        headers: Object.fromEntries(asked.headers),
        agent: false,
        lookup,
        ...(signal && { signal }),
        ...(ca !== undefined && { ca }),
      });
      request.on('error', (error) => {
        // Asked for again, so that a Request that brought it is held until the end.
        const ended = signalOf(input, init);
        reject(ended?.aborted ? ended.reason : error);
      });
      request.on('response', (message) => {
        try {
          resolve(responseOf(message));
        } catch (error) {
          message.destroy();
          reject(error);
        }
      });
      request.end(body);
    });
  };
}

function signalOf(
  ...[input, init]: Parameters<typeof globalThis.fetch>
): AbortSignal | null | undefined {
  return init?.signal ?? (input instanceof Request ? input.signal : undefined);
}

function responseOf(message: IncomingMessage): Response {
  const status = message.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, value] of Object.entries(message.headers)) {
    if (value !== undefined) headers.set(name, String(value));
  }
  if (BODILESS.has(status)) {
    message.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(message), { status, headers });
}

/** `dns.lookup` that gives the accepted addresses of a name, or fails. */
function checkedLookup(accepts: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookUpName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return callback(error, '');
      try {
        const accepted = addresses.filter(({ address }) => isTrue(accepts(address)));
        const [first] = accepted;
        if (first === undefined) callback(addressRefused(), '');
        else if (options.all === true) callback(null, accepted);
        else callback(null, first.address, first.family);
      } catch {
        // The operator's function threw: let the request fail, since an exception here would end the process.
        callback(addressRefused(), '');
      }
    });
  };
}

function addressRefused(): NodeJS.ErrnoException {
  return Object.assign(new Error('The address may not be connected to'), {
    code: 'ERR_ADDRESS_REFUSED',
  });
}
