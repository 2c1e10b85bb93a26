import { claimsOfAnswer } from '../introspection/claims.ts';
import { isIntrospectionFailed } from '../introspection/introspection-failed.ts';
import type { Introspection } from '../introspection/introspector.ts';
import type { Issuers } from '../issuers/issuers.ts';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { IntrospectionFailure } from '../model/introspection-failure.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { RefusalFacts } from '../model/refused.ts';

/** Which authorization server was asked about a token, and what it answered (RFC 7662). */
export interface ExplainedIntrospection {
  /**
   * URL that the token was sent to. `undefined` when the application's own function was asked, or when the
   * URL is not known (yet).
   */
  readonly endpoint: string | undefined;
  /**
   * - `active`, `inactive`: the server's answer.
   * - `remembered`: this token was introspected and refused a moment ago, and the server was not asked again.
   * - `unavailable`: the server gave no answer that can be used; `failure` says why.
   */
  readonly outcome: 'active' | 'inactive' | 'remembered' | 'unavailable';
  /** Why there is no answer; `undefined` unless `outcome` is `unavailable`. */
  readonly failure: IntrospectionFailure | undefined;
  /** The members of the answer. Like claims, their values are hidden unless revealed. */
  readonly answer: Readonly<Record<string, unknown>> | undefined;
}

/** An introspection that took place while a token was read. */
export interface ObservedIntrospection {
  readonly issuer: TrustedIssuer;
  readonly introspection: Introspection;
}

/**
 * Makes the part of an explanation that is about introspection: from the introspection that took place
 * (`observed`), or else from the refusal (`failure`). `undefined` when no server was to be asked.
 */
export function explainIntrospection(
  observed: ObservedIntrospection | undefined,
  failure: RefusalFacts | undefined,
  issuers: Issuers,
  redact: (claims: TokenClaims) => Readonly<Record<string, unknown>>,
): ExplainedIntrospection | undefined {
  if (observed !== undefined) {
    const { answer } = observed.introspection;
    return Object.freeze({
      endpoint: observed.issuer.introspector?.endpoint,
      outcome: said(answer),
      failure: undefined,
      answer: answer && redact(claimsOfAnswer(answer)),
    });
  }
  if (!failure?.reason.startsWith('introspection_')) return undefined;
  const asked = issuers.introspecting?.find(({ name }) => name === failure.issuerName);
  return Object.freeze({
    endpoint: asked?.introspector?.endpoint,
    outcome: 'unavailable',
    failure: failureOf(failure),
    answer: undefined,
  });
}

function said(answer: Introspection['answer']): 'active' | 'inactive' | 'remembered' {
  if (answer === undefined) return 'remembered';
  return ownProperty(answer, 'active') === true ? 'active' : 'inactive';
}

function failureOf({ cause }: RefusalFacts): IntrospectionFailure | undefined {
  return isIntrospectionFailed(cause) ? cause.failure : undefined;
}
