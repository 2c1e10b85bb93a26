import { abortable, ConfigurationError, checkOptions, type OptionNames } from '@authly/core/client';
import { createCertificatePool, type PemSource, warnOfCertificate } from './certificate-pool.ts';
import { type CertificateEventListener, createEmit } from './client-events.ts';
import { resolveClock, type SourceClock } from './source-clock.ts';

/** Options of {@link certificateFetch}. */
export interface CertificateFetchOptions {
  /**
   * The certificate with its whole chain, in PEM: to some servers a certificate without its chain looks
   * self-signed.
   */
  readonly certificate: PemSource;
  /** Its private key, in PEM. */
  readonly key: PemSource;
  /** Certificate authorities in PEM, instead of those that Node trusts. */
  readonly ca?: PemSource;
  /** Told when the certificate cannot be read anew. Without it, and without a subscriber, Node prints a warning. */
  readonly onEvent?: CertificateEventListener;
  /** For tests. */
  readonly clock?: SourceClock;
}

/** A `fetch` that presents a client certificate. */
export interface CertificateFetch {
  (input: string | URL | Request, init?: RequestInit): Promise<Response>;
  /**
   * Reads the certificate anew where it may have changed, and tells it from the one before: a digest under
   * a key of this process.
   */
  certificateTag(): Promise<string>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

const OPTIONS: OptionNames<CertificateFetchOptions> = {
  certificate: true,
  key: true,
  ca: true,
  onEvent: true,
  clock: true,
};
const LINE =
  "certificateFetch({ certificate: () => readFile('tls.crt'), key: () => readFile('tls.key') })";

/**
 * A `fetch` for mutual TLS (RFC 8705), by undici: Node's own cannot present a certificate. Give it to
 * `tlsClientAuth`, and to whatever else calls with this certificate.
 *
 * What functions give is read again at most once a second; when it has changed, new connections are made
 * with the new certificate, and a token source drops its token, which is bound to the old one.
 *
 * While the new pair cannot be used, as between the writing of two files, the old one stays, and so it does while a
 * function fails or hangs: one request waits a second for it, the others do not. After 30 seconds this is reported,
 * once: `onEvent`. Whether the old certificate has expired is for the server to say. A function that hangs is not called
 * again before it ends, so let it heed its `signal`, which is aborted after ten seconds.
 *
 * @throws ConfigurationError for a certificate or key that is missing.
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
    // undici's classes are not those of this Node, and have the same members.
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
 * A request in parts that undici's classes take: it does not know a `Request` or `FormData` of Node's own.
 * Bodies are read into memory, but for a stream, which is sent as it comes.
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
    `certificateFetch(): ${name} is PEM, or a function that gives it. Write: ${LINE}`,
  );
}
