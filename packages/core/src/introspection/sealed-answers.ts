import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { abortable } from '../lib/abortable.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { isPlainObject, parseJsonObject } from '../lib/json.ts';
import { ownNumber, ownProperty } from '../lib/own-property.ts';
import { createStoreOutage } from '../lib/store-outage.ts';
import type { IntrospectionStore } from '../stores/introspection-store.ts';

/** An active answer and when it was given, in milliseconds since the epoch. */
export interface KeptAnswer {
  readonly answer: Readonly<Record<string, unknown>>;
  readonly answeredAt: number;
}

/** Answers shared with other processes. Neither function ever rejects: a failing store is an empty one. */
export interface SealedAnswers {
  get(token: string): Promise<KeptAnswer | undefined>;
  /** Does not wait for the store. */
  set(token: string, kept: KeptAnswer, ttlMs: number): void;
}

/** What sealed answers are made from. */
export interface SealedAnswersOptions {
  readonly store: IntrospectionStore;
  /** The first seals, all open. */
  readonly secrets: readonly Uint8Array[];
  /** Whose answers to whom: no other issuer's or client's are ever opened. */
  readonly issuer: string;
  readonly clientId: string;
  /** Told when the store begins to fail, and when it is back. */
  readonly events: EventSink;
}

/** A store that hangs is a miss after this, in milliseconds. */
const STORE_TIMEOUT_MS = 250;
const VERSION = 1;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + IV_BYTES;

/**
 * Seals answers with AES-256-GCM (NIST SP 800-38D) under a key of HKDF (RFC 5869) from a configured
 * secret *and* the token: whoever reads the store sees neither tokens nor claims, and whoever writes to
 * it cannot make up an answer. Entries are named by another key of HKDF, from the token alone.
 */
export function createSealedAnswers(options: SealedAnswersOptions): SealedAnswers {
  const { store, secrets, issuer, clientId, events } = options;
  const context = `\0${issuer}\0${clientId}`;
  const [current = new Uint8Array()] = secrets;
  const outage = createStoreOutage({ store: 'introspection', outcome: 'bypassed' }, events);
  /** What the store does not do. One that is full still reads, and has not recovered because of that. */
  const failing = new Set<'get' | 'set'>();

  function did(what: 'get' | 'set'): void {
    failing.delete(what);
    if (failing.size === 0) outage.end();
  }

  function failed(what: 'get' | 'set'): void {
    failing.add(what);
    outage.begin();
  }

  const idOf = (token: string) =>
    derive(token, '', `authly introspection id${context}`).toString('base64url');
  const keyOf = (secret: Uint8Array, token: string) =>
    derive(secret, token, `authly introspection seal${context}`);

  function seal(token: string, id: string, kept: KeptAnswer): Uint8Array {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', keyOf(current, token), iv);
    cipher.setAAD(Buffer.from(id));
    const text = cipher.update(JSON.stringify(kept), 'utf8');
    return Buffer.concat([Buffer.of(VERSION), iv, text, cipher.final(), cipher.getAuthTag()]);
  }

  function open(token: string, id: string, sealed: Uint8Array): KeptAnswer | undefined {
    if (sealed.byteLength < HEAD_BYTES + TAG_BYTES || sealed[0] !== VERSION) return undefined;
    for (const secret of secrets) {
      const bytes = decrypt(keyOf(secret, token), id, sealed);
      if (bytes !== undefined) return keptAnswer(bytes);
    }
    return undefined;
  }

  return {
    async get(token) {
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), STORE_TIMEOUT_MS);
      timer.unref();
      try {
        const id = idOf(token);
        const sealed: unknown = await abortable(Promise.resolve(store.get(id)), limit.signal);
        if (sealed instanceof Uint8Array || sealed === undefined || sealed === null) did('get');
        else failed('get');
        return sealed instanceof Uint8Array ? open(token, id, sealed) : undefined;
      } catch {
        failed('get');
        return undefined;
      } finally {
        clearTimeout(timer);
      }
    },
    set(token, kept, ttlMs) {
      try {
        const id = idOf(token);
        const done: unknown = store.set(id, seal(token, id, kept), ttlMs);
        // Not Promise.resolve: it reads `constructor` of a promise, which may throw.
        new Promise((resolve) => resolve(done)).then(
          () => did('set'),
          () => failed('set'),
        );
      } catch {
        // The next process asks the authorization server.
        failed('set');
      }
    },
  };
}

function derive(secret: string | Uint8Array, salt: string, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, info, KEY_BYTES));
}

function decrypt(key: Uint8Array, id: string, sealed: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(sealed);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, HEAD_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(Buffer.from(id));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([
      decipher.update(bytes.subarray(HEAD_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]);
  } catch {
    return undefined; // Sealed by somebody else, or damaged.
  }
}

function keptAnswer(bytes: Uint8Array): KeptAnswer | undefined {
  const kept = parseJsonObject(bytes);
  const answeredAt = kept && ownNumber(kept, 'answeredAt');
  const answer: unknown = kept && ownProperty(kept, 'answer');
  return answeredAt !== undefined && isPlainObject(answer) ? { answer, answeredAt } : undefined;
}
