import { createHash } from 'node:crypto';
import {
  isReplayStoreFullError,
  isRevocationStoreFullError,
  type ReplayStore,
  type RevocationMark,
  type Revocations,
  type RevocationTarget,
  type RevokeOptions,
  type SignalSource,
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

/**
 * The effects of a signal. Both methods reject when the store fails, or takes longer than two seconds; `mark` also when
 * the issuer has used up its share of the store ({@link markFault}).
 */
export interface SignalStores {
  /** Puts marks on the targets, for the issuer that sent the signal. Once it resolves, all of them are in effect. */
  mark(targets: readonly SignalTarget[], options: MarkOptions): Promise<readonly RevocationMark[]>;
  /** Remembers a signal, and says whether it was not remembered before. */
  isFirst(signal: SignalId): Promise<boolean>;
}

/** When it happened, in seconds since the epoch, and the issuer that says so. */
type MarkOptions = Required<{ [Name in keyof RevokeOptions]: NonNullable<RevokeOptions[Name]> }>;

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
      // A store that is full for one issuer works: that is no outage.
      if (!isFullForHolder(error)) watch.failed(store);
      throw error;
    }
  }

  return {
    async mark(targets, options) {
      // A store that was not asked has shown neither that it works nor that it fails.
      if (targets.length === 0) return [];
      return await watched('revocation', async (signal) => {
        const marks: RevocationMark[] = [];
        for (let first = 0; first < targets.length; first += AT_ONCE) {
          signal.throwIfAborted();
          const some = targets.slice(first, first + AT_ONCE);
          // Async: if a store throws at once, the rejections of earlier marks are still handled.
          const made = some.map(async (target) => revoke(revocations, target, options));
          marks.push(...(await Promise.all(made)));
        }
        return marks;
      });
    },
    async isFirst({ source, issuer, id }) {
      try {
        return await watched('replay', async (signal) => {
          const answer: unknown = await replay.reserve(digestOf([source, issuer, id]), {
            ttlMs: REMEMBERED_MS,
            signal,
            holder: digestOf([issuer]),
          });
          if (typeof answer === 'boolean') return answer;
          throw new TypeError('reserve() of the replay store returned neither true nor false');
        });
      } catch (error) {
        // The marks are made, so the signal has had its effect. Listeners may be called twice for it; that is better
        // than a refusal, after which the sender would repeat the signal for the rest of the day.
        if (isFullForHolder(error)) return true;
        throw error;
      }
    },
  };
}

function isFullForHolder(error: unknown): boolean {
  const isFull = isRevocationStoreFullError(error) || isReplayStoreFullError(error);
  return isFull && error.full === 'holder';
}

/** Why a mark was not made, as a fault of the signal. */
export function markFault(error: unknown): 'share_used_up' | 'store_unavailable' {
  return isFullForHolder(error) ? 'share_used_up' : 'store_unavailable';
}

function revoke(
  revocations: SignalRevocations,
  target: SignalTarget,
  options: MarkOptions,
): Promise<RevocationMark> {
  const { holder } = options;
  switch (target.kind) {
    case 'token':
      return target.token === undefined
        ? revocations.revokeToken({ issuer: target.issuer, tokenId: target.tokenId }, { holder })
        : revocations.revokeToken({ token: target.token }, { holder });
    case 'session': {
      const { issuer, sessionId } = target;
      return revocations.revokeSession({ issuer, sessionId }, options);
    }
    case 'subject': {
      const { issuer, subject } = target;
      return revocations.revokeSubject({ issuer, subject }, options);
    }
    case 'principal':
      return revocations.revokePrincipal(target.principalKey, options);
    case 'client': {
      const { issuer, clientId } = target;
      return revocations.revokeClient({ issuer, clientId }, options);
    }
  }
}

/** As JSON, so that two different signals never have the same text. */
function digestOf(texts: readonly string[]): string {
  const text = JSON.stringify(['authly signal', ...texts]);
  return createHash('sha256').update(text).digest('base64url');
}
