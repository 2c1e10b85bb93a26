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

/** `signal` is aborted after ten seconds: `({ signal }) => readFile(path, { signal })`. */
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
  /** Those with the newest certificate that can be used. Rejects only where there was none yet. */
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
  /** Is told once when the certificate cannot be read anew, until it can be again. */
  readonly troubled: (trouble: CertificateTrouble) => void;
}

/** Files are read at most this often, instead of at every request. */
const READ_EVERY_MS = 1_000;
/** As long as this a request waits for a certificate that may be newer, while the old one is at hand. */
const PATIENCE_MS = 1_000;
/** A function that heeds its signal does not hang for longer. */
const READ_LIMIT_MS = 10_000;
/** While two files are written one after the other, the pair cannot be used: this is not worth a report. */
const TELL_AFTER_MS = 30_000;

/** A reading of the certificate. */
interface Look {
  readonly done: Promise<Pool>;
  /** Whether a request has waited for it in vain. The others then do not wait. */
  isLate: boolean;
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
    try {
      return await Promise.all([
        pem(certificate),
        pem(key),
        ca === undefined ? undefined : pem(ca),
      ]);
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
      // A function that hangs is not called again: each call of one that reads a file blocks a thread of Node's.
      look ??= { done: read(), isLate: false };
      const mine = look;
      const kept = pool;
      if (kept === undefined) return mine.done;
      const next = mine.isLate ? undefined : await inTime(mine.done, PATIENCE_MS);
      if (next !== undefined) return next;
      mine.isLate = true;
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

/** Warns the operator of a certificate that cannot be read anew, where nobody listens to events. */
export function warnOfCertificate(cause: CertificateTrouble): void {
  emitWarning(
    `A client certificate could not be read anew for ${TELL_AFTER_MS / 1_000} seconds (${cause}). The old one stays in use. ` +
      'Set onEvent of certificateFetch() to get an event in the place of this warning.',
    'AuthlyWarning',
  );
}

async function pemOf(source: PemSource, signal: AbortSignal): Promise<string> {
  const pem = typeof source === 'function' ? await source({ signal }) : source;
  if (typeof pem === 'string') return pem;
  if (pem instanceof Uint8Array) return Buffer.from(pem).toString();
  throw new TypeError('The function for the certificate or key returned no PEM');
}
