import type { Clock } from '../lib/clock.ts';
import { AuthError } from '../model/errors.ts';
import type { TokenMemory } from './cache.ts';
import { type CircuitFailure, createCircuit } from './circuit.ts';
import type { IntrospectionFailed } from './introspection-failed.ts';
import { createLanes } from './lanes.ts';

/** Lets questions to the server pass, or refuses them. */
export interface Gate {
  /**
   * Throws an `AuthError`: `introspection_overloaded`, or `introspection_unavailable` with the failure
   * that the server is known for.
   */
  enter(isKnown: boolean, lastFailure: unknown): GatePassage;
}

/** A question that passed: exactly one of these is called when it is over. */
export interface GatePassage {
  succeeded(): void;
  failed(failure: IntrospectionFailed): {
    /** When the client may come again, where that is known. */
    readonly retryAfterSec: number | undefined;
    /** False where the failure may be this server's way to say that it does not know the token. */
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
/** Of servers and gateways that cannot answer at all, or not so often. */
const OUTAGES: ReadonlySet<number | undefined> = new Set([429, 502, 503, 504]);

/** Both bounds of what a server is asked: how many at once, and whether it is asked at all. */
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
