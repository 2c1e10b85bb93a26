import type { Clock } from '../lib/clock.ts';
import { AuthError } from '../model/errors.ts';
import type { TokenMemory } from './cache.ts';
import { type CircuitFailure, createCircuit } from './circuit.ts';
import type { IntrospectionFailed } from './introspection-failed.ts';
import { createLanes } from './lanes.ts';

/** Decides whether a question may be sent to the authorization server now. */
export interface Gate {
  /**
   * Lets a question pass, or throws an `AuthError`: `introspection_overloaded`, or `introspection_unavailable` with
   * `lastFailure` as its cause. `isKnown` says that the token was active lately. Half of the places are kept for
   * questions about such tokens.
   */
  enter(isKnown: boolean, lastFailure: unknown): GatePassage;
}

/** A question that passed. When it is over, exactly one of these functions must be called. */
export interface GatePassage {
  succeeded(): void;
  failed(failure: IntrospectionFailed): {
    /** After how many seconds the client may try again, if the server said so. */
    readonly retryAfterSec: number | undefined;
    /** `false` if the token may be the cause: some servers answer 500 for a token that they do not know. */
    readonly isAboutServer: boolean;
  };
}

/** What a gate is made from. */
export interface GateOptions {
  readonly maxConcurrent: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly memory: Pick<TokenMemory, 'hasActive'>;
}

const OVERLOADED_RETRY_SEC = 1;
/** The statuses of a server or a gateway that is down or overloaded. */
const OUTAGES: ReadonlySet<number | undefined> = new Set([429, 502, 503, 504]);

/** Makes a gate. It limits the questions in flight (lanes), and lets none pass while the server is down (circuit). */
export function createGate({ maxConcurrent, clock, random, memory }: GateOptions): Gate {
  const lanes = createLanes(maxConcurrent);
  const circuit = createCircuit({ clock, random, hasKnown: () => memory.hasActive() });

  return {
    enter(isKnown, lastFailure) {
      const leave = lanes.enter(isKnown);
      if (leave === undefined) {
        throw new AuthError('introspection_overloaded', { retryAfterSec: OVERLOADED_RETRY_SEC });
      }
      const passage = circuit.enter(isKnown);
      if (typeof passage === 'number') {
        leave();
        throw new AuthError('introspection_unavailable', {
          retryAfterSec: passage,
          cause: lastFailure,
        });
      }
      return {
        succeeded() {
          leave();
          passage.succeeded();
        },
        failed(error) {
          leave();
          const failure = circuitFailureOf(error);
          const isAboutServer = failure !== 'perhaps_token' || !circuit.hasAnsweredLately();
          passage.failed(failure, error.retryAfterSec);
          return { retryAfterSec: error.retryAfterSec, isAboutServer };
        },
      };
    },
  };
}

function circuitFailureOf({ failure, status = 0 }: IntrospectionFailed): CircuitFailure {
  switch (failure) {
    case 'network':
    case 'timeout':
    case 'discovery':
    case 'ask':
      return 'outage';
    case 'status':
      if (OUTAGES.has(status)) return 'outage';
      return status >= 500 ? 'perhaps_token' : 'other';
    default:
      return 'other';
  }
}
