import {
  abortable,
  ConfigurationError,
  checkOptions,
  credentialsTag,
  mustBe,
  type OptionNames,
} from '@authly/core/client';
import type { Agent } from 'undici';
import { resolveClock, type SourceClock } from './source-clock.ts';

/** PEM, or a function that gives it: for a certificate that is renewed. */
export type PemSource =
  | string
  | Uint8Array
  | (() => string | Uint8Array | PromiseLike<string | Uint8Array>);

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
  clock: mustBe.aClock,
};
const LINE =
  "certificateFetch({ certificate: () => readFile('tls.crt'), key: () => readFile('tls.key') })";
/** Files are not read at every request. */
const READ_EVERY_MS = 1_000;

interface Pool {
  readonly tag: string;
  readonly agent: Agent;
  readonly readAt: number;
}

/**
 * A `fetch` for mutual TLS (RFC 8705), by undici: Node's own cannot present a certificate. Give it to
 * `tlsClientAuth`, and to whatever else calls with this certificate.
 *
 * What functions give is read again at most once a second; when it has changed, new connections are made
 * with the new certificate, and a token source drops its token, which is bound to the old one. While the
 * new pair cannot be used, as between the writing of two files, the old one stays.
 *
 * @throws ConfigurationError for a certificate or key that is missing.
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
      // Fails for a key of another certificate, before anything is dropped.
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
    // undici's classes are not those of this Node, and have the same members.
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

async function pemOf(source: PemSource): Promise<string> {
  const pem = typeof source === 'function' ? await source() : source;
  if (typeof pem === 'string') return pem;
  if (pem instanceof Uint8Array) return Buffer.from(pem).toString();
  throw new TypeError('There is no certificate or key');
}

function checkPem(name: string, value: unknown): void {
  const isThere = typeof value === 'string' ? value !== '' : value instanceof Uint8Array;
  if (isThere || typeof value === 'function') return;
  throw new ConfigurationError(
    `certificateFetch(): ${name} is PEM, or a function that gives it. Write: ${LINE}`,
  );
}
