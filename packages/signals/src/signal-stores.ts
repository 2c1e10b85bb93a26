import { createHash } from 'node:crypto';
import type {
  ReplayStore,
  RevocationMark,
  Revocations,
  RevocationTarget,
  SignalSource,
} from '@authly/core';
import type { EventSink } from '@authly/core/adapter';
import { createStoreWatch } from './store-watch.ts';
import { withinLimit } from './within-limit.ts';

/** The parts of a store of revocations that signals need. Every `Revocations` has them. */
export type SignalRevocations = Pick<
  Revocations,
  'revokeToken' | 'revokeSession' | 'revokeSubject' | 'revokePrincipal' | 'revokeClient'
>;

/** What a signal may revoke: everything but a whole issuer. */
export type SignalTarget = Exclude<RevocationTarget, { readonly kind: 'issuer' }>;

/** Identifies a signal: `jti` is unique for one issuer and one kind of signal. */
export interface SignalId {
  readonly source: SignalSource;
  readonly issuer: string;
  /** `jti`. */
  readonly id: string;
}

/** The effects of a signal. Both methods reject when the store fails, or takes longer than two seconds. */
export interface SignalStores {
  /** Puts marks on the targets. Once it resolves, all of them are in effect. */
  mark(targets: readonly SignalTarget[], issuedBefore: number): Promise<readonly RevocationMark[]>;
  /** Remembers a signal, and says whether it was not remembered before. */
  isFirst(signal: SignalId): Promise<boolean>;
}

/** How long a repeated signal is recognized. It only affects whether listeners are called twice. */
const REMEMBERED_MS = 86_400_000;

/**
 * How many marks are made at the same time. An event can name its subject in up to 900 ways; all marks at once
 * would block the store for requests.
 */
const AT_ONCE = 16;

/** The stores behind the handlers, with events about their outages. */
export function createSignalStores(
  {
    revocations,
    replay,
  }: { readonly revocations: SignalRevocations; readonly replay: ReplayStore },
  events: EventSink,
): SignalStores {
  const watch = createStoreWatch(events);

  async function watched<Value>(
    store: 'revocation' | 'replay',
    work: (signal: AbortSignal) => Value | PromiseLike<Value>,
  ): Promise<Value> {
    try {
      const value = await withinLimit(work);
      watch.answered(store);
      return value;
    } catch (error) {
      watch.failed(store);
      throw error;
    }
  }

  return {
    async mark(targets, issuedBefore) {
      // A store that was not asked has shown neither that it works nor that it fails.
      if (targets.length === 0) return [];
      return await watched('revocation', async (signal) => {
        const marks: RevocationMark[] = [];
        for (let first = 0; first < targets.length; first += AT_ONCE) {
          signal.throwIfAborted();
          const some = targets.slice(first, first + AT_ONCE);
          // Async: if a store throws at once, the rejections of earlier marks are still handled.
          const made = some.map(async (target) => revoke(revocations, target, issuedBefore));
          marks.push(...(await Promise.all(made)));
        }
        return marks;
      });
    },
    isFirst: ({ source, issuer, id }) =>
      watched('replay', async (signal) => {
        const answer: unknown = await replay.reserve(digestOf([source, issuer, id]), {
          ttlMs: REMEMBERED_MS,
          signal,
        });
        if (typeof answer === 'boolean') return answer;
        throw new TypeError('reserve() of the replay store gave neither true nor false');
      }),
  };
}

function revoke(
  revocations: SignalRevocations,
  target: SignalTarget,
  issuedBefore: number,
): Promise<RevocationMark> {
  switch (target.kind) {
    case 'token':
      return target.token === undefined
        ? revocations.revokeToken({ issuer: target.issuer, tokenId: target.tokenId })
        : revocations.revokeToken({ token: target.token });
    case 'session': {
      const { issuer, sessionId } = target;
      return revocations.revokeSession({ issuer, sessionId }, { issuedBefore });
    }
    case 'subject': {
      const { issuer, subject } = target;
      return revocations.revokeSubject({ issuer, subject }, { issuedBefore });
    }
    case 'principal':
      return revocations.revokePrincipal(target.principalKey, { issuedBefore });
    case 'client': {
      const { issuer, clientId } = target;
      return revocations.revokeClient({ issuer, clientId }, { issuedBefore });
    }
  }
}

/** As JSON, so that two different signals never have the same text. */
function digestOf(texts: readonly string[]): string {
  const text = JSON.stringify(['authly signal', ...texts]);
  return createHash('sha256').update(text).digest('base64url');
}
