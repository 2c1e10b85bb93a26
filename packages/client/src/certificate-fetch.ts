import {
  abortable,
  ConfigurationError,
  checkOptions,
  mustBe,
  type OptionNames,
} from '@authly/core/client';
import { createCertificatePool, type PemSource, warnOfCertificate } from './certificate-pool.ts';
import { type CertificateEventListener, createEmit } from './client-events.ts';
import { resolveClock, type SourceClock } from './source-clock.ts';

/** Options of {@link certificateFetch}. */
export interface CertificateFetchOptions {
  /**
   * The certificate with its whole chain, in PEM. Without the chain, some servers take it for a self-signed
   * certificate.
   */
  readonly certificate: PemSource;
  /** Its private key, in PEM. */
  readonly key: PemSource;
  /** Certificate authorities in PEM. They replace those that Node trusts. */
  readonly ca?: PemSource;
  /**
   * Is called when the certificate could not be read again for 30 seconds. If nobody listens, here or on the channel
   * `authly.client`, Node prints a warning.
   */
  readonly onEvent?: CertificateEventListener;
  /** For tests. */
  readonly clock?: SourceClock;
}

/** A `fetch` that presents a client certificate. */
export interface CertificateFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * Reads the certificate again if it may have changed. Resolves with a digest (made with a key of this
   * process) that changes when the certificate, the private key or `ca` changes.
   */
  certificateTag(): Promise<string>;
  /** Closes each connection when it is idle. */
  close(): Promise<void>;
}

const OPTIONS: OptionNames<CertificateFetchOptions> = {
  certificate: true,
  key: true,
  ca: true,
  onEvent: mustBe.aFunction('onEvent: (event) => log(event)'),
  clock: mustBe.aClock,
};
const LINE =
  "certificateFetch({ certificate: () => readFile('tls.crt'), key: () => readFile('tls.key') })";

/**
 * Makes a `fetch` for mutual TLS (RFC 8705) with undici, because Node's own `fetch` cannot present a client
 * certificate. Give it to `tlsClientAuth`, and use it for every other request that needs this certificate.
 *
 * Functions are called again at most once a second. When their result has changed, new connections use the
 * new certificate, and a token source drops its token, because that token is bound to the old certificate.
 *
 * The old pair stays in use while the new pair cannot be used (for example, when the platform has written only one of
 * the two files so far), and while a function fails or hangs. If a function hangs, a request waits for it
 * until one second after the first request that waits; later requests do not wait. After 30 seconds `onEvent` is told,
 * once. This function does not check whether the old certificate has expired: the server does. A function that hangs
 * is not called again before it ends. So use the `signal` that it gets, which is aborted after ten seconds, and when
 * another of the functions fails.
 *
 * @throws ConfigurationError if the certificate or the key is missing.
 */
export function certificateFetch(options: CertificateFetchOptions): CertificateFetch {
  const { certificate, key, ca, onEvent, ...rest } = checkOptions(
    'certificateFetch()',
    options,
    OPTIONS,
    LINE,
  );
  checkPem('certificate', certificate);
  checkPem('key', key);
  if (ca !== undefined) checkPem('ca', ca);
  const emit = createEmit(onEvent);
  const pool = createCertificatePool({
    certificate,
    key,
    ca,
    clock: resolveClock(rest.clock),
    troubled(cause) {
      const isHeard = emit({ type: 'certificate.not_renewed', cause });
      if (!isHeard) warnOfCertificate(cause);
    },
  });

  async function fetchWithCertificate(
    input: string | URL | Request,
    init?: RequestInit,
  ): Promise<Response> {
    const { url, ...parts } = await partsOf(input, init);
    const { agent: dispatcher } = await abortable(pool.current(), parts.signal);
    const { fetch } = await import('undici');
    const response: unknown = await fetch(url, { ...parts, dispatcher });
    // undici's `Response` is another class than Node's, but has the same members.
    return response as Response;
  }

  return Object.assign(fetchWithCertificate, {
    certificateTag: async () => (await pool.current()).tag,
    close: () => pool.close(),
  });
}

/** Whether a `fetch` presents a certificate that may change. */
export function isCertificateFetch(fetch: object | undefined): fetch is CertificateFetch {
  return (
    fetch !== undefined && 'certificateTag' in fetch && typeof fetch.certificateTag === 'function'
  );
}

/**
 * Takes a request apart into values that undici accepts, because undici does not accept Node's own `Request`
 * or `FormData`. A body is read into memory. Only a stream in `init` is sent while it is read.
 */
async function partsOf(
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<RequestParts> {
  const stream = init?.body instanceof ReadableStream ? init.body : undefined;
  const request = new Request(input, stream ? { ...init, body: null } : init);
  const { url, method, headers, redirect, signal } = request;
  const common = { url, method, headers: Object.fromEntries(headers), redirect, signal };
  if (stream !== undefined) return { ...common, body: stream, duplex: 'half' };
  return { ...common, body: request.body === null ? null : await request.arrayBuffer() };
}

interface RequestParts {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly redirect: NonNullable<RequestInit['redirect']>;
  readonly signal: AbortSignal;
  readonly body: ReadableStream | ArrayBuffer | null;
  readonly duplex?: 'half';
}

function checkPem(name: string, value: unknown): void {
  const isThere = typeof value === 'string' ? value !== '' : value instanceof Uint8Array;
  if (isThere || typeof value === 'function') return;
  throw new ConfigurationError(
    `certificateFetch(): ${name} must be PEM, or a function that returns it. Write: ${LINE}`,
  );
}
