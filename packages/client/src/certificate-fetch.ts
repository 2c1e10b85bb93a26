import {
  abortable,
  ConfigurationError,
  checkOptions,
  credentialsTag,
  type OptionNames,
} from '@authly/core/client';
import type { Agent } from 'undici';
import { resolveClock, type SourceClock } from './source-clock.ts';

/**
 * PEM, or a function that returns it. Use a function for a certificate that is renewed while the process
 * runs.
 */
export type PemSource =
  | string
  | Uint8Array
  | (() => string | Uint8Array | PromiseLike<string | Uint8Array>);

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
  clock: true,
};
const LINE =
  "certificateFetch({ certificate: () => readFile('tls.crt'), key: () => readFile('tls.key') })";
/** Files are read at most this often, instead of at every request. */
const READ_EVERY_MS = 1_000;

interface Pool {
  readonly tag: string;
  readonly agent: Agent;
  readonly readAt: number;
}

/**
 * Makes a `fetch` for mutual TLS (RFC 8705) with undici, because Node's own `fetch` cannot present a client
 * certificate. Give it to `tlsClientAuth`, and use it for every other request that needs this certificate.
 *
 * Functions are called again at most once a second. When their result has changed, new connections use the
 * new certificate, and a token source drops its token, because that token is bound to the old certificate. If
 * the new pair cannot be used, the old pair stays in use. That happens, for example, when the platform has
 * written only one of the two files so far.
 *
 * @throws ConfigurationError if the certificate or the key is missing.
 */
export function certificateFetch(options: CertificateFetchOptions): CertificateFetch {
  const { certificate, key, ca, ...rest } = checkOptions(
    'certificateFetch()',
    options,
    OPTIONS,
    LINE,
  );
  checkPem('certificate', certificate);
  checkPem('key', key);
  if (ca !== undefined) checkPem('ca', ca);
  const clock = resolveClock(rest.clock);
  let pool: Pool | undefined;
  let reading: Promise<Pool> | undefined;

  async function read(): Promise<Pool> {
    const readAt = clock.monotonicMs();
    try {
      const [cert, privateKey, authorities] = await Promise.all([
        pemOf(certificate),
        pemOf(key),
        ca === undefined ? undefined : pemOf(ca),
      ]);
      const tag = credentialsTag(`${cert}\n${privateKey}\n${authorities ?? ''}`);
      if (pool?.tag === tag) return { ...pool, readAt };
      const tls = { cert, key: privateKey, ...(authorities && { ca: authorities }) };
      const [{ createSecureContext }, { Agent }] = await Promise.all([
        import('node:tls'),
        import('undici'),
      ]);
      // Throws if the key does not belong to the certificate. The old pair then stays in use.
      createSecureContext(tls);
      // The old agent is not closed: it may still carry requests, and its idle connections end soon.
      return { tag, agent: new Agent({ connect: tls }), readAt };
    } catch (error) {
      if (pool === undefined) throw error;
      return { ...pool, readAt };
    }
  }

  async function current(): Promise<Pool> {
    if (pool !== undefined && clock.monotonicMs() - pool.readAt < READ_EVERY_MS) return pool;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    pool = await reading;
    return pool;
  }

  async function fetchWithCertificate(
    input: string | URL | Request,
    init?: RequestInit,
  ): Promise<Response> {
    const { url, ...parts } = await partsOf(input, init);
    const { agent: dispatcher } = await abortable(current(), parts.signal);
    const { fetch } = await import('undici');
    const response: unknown = await fetch(url, { ...parts, dispatcher });
    // undici's `Response` is another class than Node's, but has the same members.
    return response as Response;
  }

  return Object.assign(fetchWithCertificate, {
    certificateTag: async () => (await current()).tag,
    async close() {
      const old = pool?.agent;
      pool = undefined;
      await old?.close();
    },
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

async function pemOf(source: PemSource): Promise<string> {
  const pem = typeof source === 'function' ? await source() : source;
  if (typeof pem === 'string') return pem;
  if (pem instanceof Uint8Array) return Buffer.from(pem).toString();
  throw new TypeError('The function for the certificate or key returned no PEM');
}

function checkPem(name: string, value: unknown): void {
  const isThere = typeof value === 'string' ? value !== '' : value instanceof Uint8Array;
  if (isThere || typeof value === 'function') return;
  throw new ConfigurationError(
    `certificateFetch(): ${name} must be PEM, or a function that returns it. Write: ${LINE}`,
  );
}
