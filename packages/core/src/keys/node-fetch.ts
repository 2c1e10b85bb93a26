import { lookup as lookUpName } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { Readable } from 'node:stream';
import { isTrue } from '../lib/callback-result.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { mustBe } from '../lib/option-checks.ts';

/** How {@link nodeFetch} connects. */
export interface NodeFetchOptions {
  /** Certificate authorities in PEM. They replace the ones that Node trusts. */
  readonly ca?: string | undefined;
  /**
   * Says whether a connection may be made to an IP address. It is called with each address that a host name resolves
   * to, or with the address in the URL, and the connection is made to exactly this address. Default: every address is
   * accepted. Any answer but `true`, also a promise, refuses the address; without an accepted address the request fails
   * with the code `ERR_ADDRESS_REFUSED`.
   */
  readonly acceptsAddress?: ((address: string) => boolean) | undefined;
}

const OPTIONS: OptionNames<NodeFetchOptions> = {
  ca: mustBe.fitting(
    'PEM, or a list of it',
    "ca: readFileSync('/etc/ssl/acme.pem', 'utf8')",
    isPem,
  ),
  acceptsAddress: mustBe.aFunction("acceptsAddress: (address) => address.startsWith('10.')"),
};

function isPem(value: unknown): boolean {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  // Not `instanceof`: in a test runner the bytes may be of another realm.
  return parts.every((part) => typeof part === 'string' || ArrayBuffer.isView(part));
}

/** Statuses without a body: `Response` throws if it is given a body with one of them. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Makes a `fetch` over Node's own `http` and `https`, for metadata, keys and introspection. It has two options that the
 * global `fetch` does not have: a certificate authority, and which addresses it may connect to. Give it as `fetch` to a
 * resource server, or to one preset.
 *
 * It sends method, headers and body as the global `fetch` does; a body is sent in one piece. It follows no redirects,
 * asks for no compression, supports `signal`, and uses a new connection for each request. It rejects as `fetch` does:
 * with the signal's reason, or with an error that has the system's error code as `code`.
 *
 * @throws ConfigurationError for an unknown option.
 */
export function nodeFetch(options: NodeFetchOptions = {}): typeof globalThis.fetch {
  const { ca, acceptsAddress = () => true } = checkOptions('nodeFetch()', options, OPTIONS);
  const lookup = checkedLookup(acceptsAddress);
  return async (input, init) => {
    // `Request` reads method, headers and body as `fetch` does, and throws for the same mistakes. The signal is left
    // out and read below: the signal of a Request stops working once that Request is garbage collected.
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
        // The signal is read again here, which keeps the Request that it belongs to in memory until the end.
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

/** A `dns.lookup` that gives only the accepted addresses of a name, and fails if there are none. */
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
        // The operator's function threw. An exception in this callback would end the process, so the request fails.
        callback(addressRefused(), '');
      }
    });
  };
}

function addressRefused(): NodeJS.ErrnoException {
  return Object.assign(new Error('Connecting to this address is not allowed'), {
    code: 'ERR_ADDRESS_REFUSED',
  });
}
