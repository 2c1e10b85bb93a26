import { emitWarning } from 'node:process';
import { credentialsTag } from '@authly/core/client';
import type { Agent } from 'undici';
import type { CertificateTrouble } from './client-events.ts';
import { inTime } from './in-time.ts';
import type { ResolvedClock } from './source-clock.ts';

/**
 * PEM, or a function that returns it. Use a function for a certificate that is renewed while the process
 * runs.
 */
export type PemSource = string | Uint8Array | ReadPem;

/**
 * Gets a signal that is aborted after ten seconds, and when another of the functions fails:
 * `({ signal }) => readFile(path, { signal })`.
 */
type ReadPem = (options: {
  readonly signal: AbortSignal;
}) => string | Uint8Array | PromiseLike<string | Uint8Array>;

/** Connections with one certificate. */
export interface Pool {
  /** A digest of certificate, key and authorities under a key of this process. */
  readonly tag: string;
  readonly agent: Agent;
}

/** The connections of a certificate that may be renewed. */
export interface CertificatePool {
  /** Gives the connections with the newest usable certificate. Rejects only if no certificate was usable so far. */
  current(): Promise<Pool>;
  /** Ends idle connections. */
  close(): Promise<void>;
}

/** What a certificate pool is made from. */
export interface CertificatePoolOptions {
  readonly certificate: PemSource;
  readonly key: PemSource;
  readonly ca: PemSource | undefined;
  readonly clock: ResolvedClock;
  /** Is called once when the certificate could not be read for 30 seconds, and again only after it could be read. */
  readonly troubled: (trouble: CertificateTrouble) => void;
}

/** Files are read at most this often, instead of at every request. */
const READ_EVERY_MS = 1_000;
/** How long requests wait for the new certificate while there is an old one, from the first one that waits. */
const PATIENCE_MS = 1_000;
/** After this time the signal of the functions is aborted, if not before. */
const READ_LIMIT_MS = 10_000;
/** Shorter troubles are normal: when two files are written one after the other, they are no pair for a moment. */
const TELL_AFTER_MS = 30_000;

/** A reading of the certificate. */
interface Look {
  readonly done: Promise<Pool>;
  /** Resolves with `undefined` when requests have waited for it long enough. Set if there is an old certificate. */
  soon?: Promise<Pool | undefined>;
}

/** Makes the pool. Nothing is read before the first use. */
export function createCertificatePool(options: CertificatePoolOptions): CertificatePool {
  const { certificate, key, ca, clock, troubled } = options;
  let pool: Pool | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let look: Look | undefined;
  let trouble: { readonly since: number; isTold: boolean } | undefined;

  async function pems(): Promise<readonly [string, string, string | undefined]> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), READ_LIMIT_MS);
    timer.unref();
    const pem = (source: PemSource) => pemOf(source, limit.signal);
    const reads = [pem(certificate), pem(key), ca === undefined ? undefined : pem(ca)] as const;
    try {
      return await Promise.all(reads);
    } catch (error) {
      limit.abort();
      // The others must end, too: a function that hangs would otherwise be called again every second.
      await Promise.allSettled(reads);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async function read(): Promise<Pool> {
    const startedAt = clock.monotonicMs();
    let cause: CertificateTrouble = 'unreadable';
    try {
      const [cert, privateKey, authorities] = await pems();
      cause = 'unusable';
      const tag = credentialsTag(`${cert}\n${privateKey}\n${authorities ?? ''}`);
      if (pool?.tag !== tag) {
        const tls = { cert, key: privateKey, ...(authorities && { ca: authorities }) };
        const [{ createSecureContext }, { Agent }] = await Promise.all([
          import('node:tls'),
          import('undici'),
        ]);
        // Throws if the key does not belong to the certificate. The old pair then stays in use.
        createSecureContext(tls);
        // The old agent is not closed: it may still carry requests, and its idle connections end soon.
        pool = { tag, agent: new Agent({ connect: tls }) };
      }
      trouble = undefined;
      return pool;
    } catch (error) {
      if (pool === undefined) throw error;
      note(cause);
      return pool;
    } finally {
      readAt = startedAt;
      look = undefined;
    }
  }

  function note(cause: CertificateTrouble): void {
    const now = clock.monotonicMs();
    trouble ??= { since: now, isTold: false };
    if (trouble.isTold || now - trouble.since < TELL_AFTER_MS) return;
    trouble.isTold = true;
    troubled(cause);
  }

  return {
    async current() {
      if (pool !== undefined && clock.monotonicMs() - readAt < READ_EVERY_MS) return pool;
      // A function that hangs is not called again: if it reads a file, each call would block one of Node's four threads.
      look ??= { done: read() };
      const mine = look;
      const kept = pool;
      if (kept === undefined) return mine.done;
      // One limit for all requests: those that come later wait only for the rest of it.
      mine.soon ??= inTime(mine.done, PATIENCE_MS);
      const next = await mine.soon;
      if (next !== undefined) return next;
      note('late');
      // Another look may have ended meanwhile.
      return pool ?? kept;
    },
    async close() {
      const old = pool?.agent;
      pool = undefined;
      await old?.close();
    },
  };
}

/** Warns the operator that a certificate cannot be read again. For the case that nobody listens to events. */
export function warnOfCertificate(cause: CertificateTrouble): void {
  emitWarning(
    `A client certificate could not be read again for ${TELL_AFTER_MS / 1_000} seconds (${cause}). The old one stays in use. ` +
      'Set onEvent of certificateFetch() to get an event instead of this warning.',
    'AuthlyWarning',
  );
}

async function pemOf(source: PemSource, signal: AbortSignal): Promise<string> {
  const pem = typeof source === 'function' ? await source({ signal }) : source;
  if (typeof pem === 'string') return pem;
  if (pem instanceof Uint8Array) return Buffer.from(pem).toString();
  throw new TypeError('The function for the certificate or key returned no PEM');
}
