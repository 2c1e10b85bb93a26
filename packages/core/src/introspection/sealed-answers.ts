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

/** Answers that are shared with other processes. No function throws or rejects: a store that fails counts as empty. */
export interface SealedAnswers {
  get(token: string): Promise<KeptAnswer | undefined>;
  /** Does not wait for the store. */
  set(token: string, kept: KeptAnswer, ttlMs: number): void;
}

/** What sealed answers are made from. */
export interface SealedAnswersOptions {
  readonly store: IntrospectionStore;
  /** The first one encrypts, all of them decrypt. */
  readonly secrets: readonly Uint8Array[];
  /** The issuer that answers. Answers of another issuer, or for another client, cannot be decrypted. */
  readonly issuer: string;
  /** Our client id at the issuer; empty without one. */
  readonly clientId: string;
  /** Receives an event when the store begins to fail, and when it works again. */
  readonly events: EventSink;
}

/** When the store does not answer within this many milliseconds, the answer counts as not found. */
const STORE_TIMEOUT_MS = 250;
const VERSION = 1;
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + IV_BYTES;

/**
 * Encrypts answers with AES-256-GCM (NIST SP 800-38D). The key is derived (HKDF, RFC 5869) from a configured secret
 * *and* the token. So somebody who can read the store sees neither tokens nor claims, and somebody who can write to it
 * cannot make up an answer. The id of an entry is derived from the token, with another label.
 */
export function createSealedAnswers(options: SealedAnswersOptions): SealedAnswers {
  const { store, secrets, issuer, clientId, events } = options;
  const context = `\0${issuer}\0${clientId}`;
  const [current = new Uint8Array()] = secrets;
  const outage = createStoreOutage({ store: 'introspection', outcome: 'bypassed' }, events);
  /**
   * The operations that fail at the moment. They are tracked separately: a store that is full cannot write but can
   * still read, and a successful read does not end the outage.
   */
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
        // Not `Promise.resolve(done)`: that reads `done.constructor`, which may throw.
        new Promise((resolve) => resolve(done)).then(
          () => did('set'),
          () => failed('set'),
        );
      } catch {
        // The answer is not shared, so other processes will ask the authorization server themselves.
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
    return undefined; // Encrypted with another secret, or damaged.
  }
}

function keptAnswer(bytes: Uint8Array): KeptAnswer | undefined {
  const kept = parseJsonObject(bytes);
  const answeredAt = kept && ownNumber(kept, 'answeredAt');
  const answer: unknown = kept && ownProperty(kept, 'answer');
  return answeredAt !== undefined && isPlainObject(answer) ? { answer, answeredAt } : undefined;
}
