import type { StandardSchemaV1 } from '@standard-schema/spec';
import { NO_HEADER } from '../introspection/claims.ts';
import type { Asking, Introspection } from '../introspection/introspector.ts';
import { isOpaque } from '../introspection/token-shape.ts';
import type { Issuers } from '../issuers/issuers.ts';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { isTrue } from '../lib/callback-result.ts';
import { andThen, type MaybePromise } from '../lib/maybe-promise.ts';
import { AuthError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { isRefused, Refused } from '../model/refused.ts';
import type { Classification } from '../providers/provider.ts';
import type { ReadOutcome, TokenReader } from '../request/token-reader.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import { knownClaims } from '../token/known-claims.ts';
import { refuse, refuseBecause } from './refuse-token.ts';
import { classified, tokenFromClaims } from './token-from-claims.ts';

/** Is called with each introspection, so that `explain` can show it. */
export type ObserveIntrospection = (issuer: TrustedIssuer, introspection: Introspection) => void;

/** What a reader of opaque tokens is made from. */
export interface OpaqueReaderOptions {
  /** The application's schema. It validates the claims of each answer. */
  readonly claims: StandardSchemaV1 | undefined;
  readonly observe?: ObserveIntrospection | undefined;
}

/** A token to introspect, and what is already known of it. */
export interface AskedToken {
  readonly token: string;
  readonly issuer: TrustedIssuer;
  readonly asking: Asking;
  /** The key of the signature, when the token is a verified JWT. */
  readonly key?: VerificationKey | undefined;
  /** Whether the JWT itself says that it is bound to its sender (`cnf`). */
  readonly isBound?: boolean;
}

/**
 * Reads opaque tokens: finds the issuer, asks it about the token (RFC 7662), and makes the principal from the
 * claims of the answer. A token is sent only to its own issuer. If no issuer matches, or several do, it is
 * refused: to try one issuer after the other would give tokens of one issuer to another.
 */
export function createOpaqueReader(issuers: Issuers, options: OpaqueReaderOptions): TokenReader {
  const { introspecting = [] } = issuers;
  const [sole] = introspecting.length === 1 ? introspecting : [];

  function issuerOf(token: string): TrustedIssuer | undefined {
    const matching = introspecting.filter(
      (issuer) =>
        (issuer === sole && issuer.introspector?.matches === undefined) ||
        isTrue(matches(issuer, token)),
    );
    return matching.length === 1 ? matching[0] : undefined;
  }

  return {
    reads: isOpaque,
    read(token) {
      const issuer = issuerOf(token);
      if (issuer === undefined) return new Refused('issuer_unknown');
      return readIntrospected({ token, issuer, asking: 'opaque' }, options);
    },
    close() {},
  };
}

/** Introspects a token, and makes the principal from the claims of the answer. */
export function readIntrospected(
  asked: AskedToken,
  { claims: schema, observe }: OpaqueReaderOptions,
): MaybePromise<ReadOutcome> {
  const { issuer, key, isBound = false } = asked;
  return andThen(introspected(asked, observe), (introspection) => {
    if (isRefused(introspection)) return introspection;
    const { outcome, fault, answeredAt, readAgainAt } = introspection;
    if (typeof outcome === 'string') return refuse(issuer, outcome, { ...(fault && { fault }) });
    return tokenFromClaims(
      {
        issuer,
        key,
        claims: outcome,
        known: knownClaims(outcome),
        header: NO_HEADER,
        source: 'introspection',
        provider: issuer.introspectedProvider,
        classification: classified(issuer, () => classify(issuer, outcome)),
        isBound,
        readAt: answeredAt,
        readAgainAt,
      },
      schema,
    );
  });
}

/**
 * Introspects a token. An `AuthError` of the introspection becomes a refusal that names the issuer; any other
 * error is thrown again.
 */
export function introspected(
  { token, issuer, asking }: AskedToken,
  observe: ObserveIntrospection | undefined,
): MaybePromise<Introspection | Refused> {
  const { introspector } = issuer;
  if (introspector === undefined) return refuse(issuer, 'issuer_unknown');
  return andThen<Introspection, Introspection | Refused>(
    introspector.introspect(token, asking),
    (introspection) => {
      observe?.(issuer, introspection);
      return introspection;
    },
    (error) => refuseBecause(issuer, error),
  );
}

function classify({ provider }: TrustedIssuer, claims: TokenClaims): Classification {
  const { introspected: rule } = provider;
  return rule === undefined ? NO_RULE : rule.classify(claims);
}

const NO_RULE: Classification = Object.freeze({ kind: 'unknown', rule: 'there is no rule' });

/** Calls the application's `matches`. If that throws, it is an outage (503): the token may be good. */
function matches({ introspector, name }: TrustedIssuer, token: string): unknown {
  try {
    return introspector?.matches?.(token);
  } catch (cause) {
    throw new AuthError('issuer_unavailable', { cause, issuerName: name });
  }
}
