import { claimsOfAnswer } from '../introspection/claims.ts';
import { isIntrospectionFailed } from '../introspection/introspection-failed.ts';
import type { Introspection } from '../introspection/introspector.ts';
import type { Issuers } from '../issuers/issuers.ts';
import type { TrustedIssuer } from '../issuers/trusted-issuer.ts';
import { ownProperty } from '../lib/own-property.ts';
import type { IntrospectionFailure } from '../model/introspection-failure.ts';
import type { TokenClaims } from '../model/principal.ts';
import type { RefusalFacts } from '../model/refused.ts';

/** What an authorization server was asked about a token, and what it said. */
export interface ExplainedIntrospection {
  /** Where the token was sent; `undefined` for a function of the application's, or when it is not known. */
  readonly endpoint: string | undefined;
  /**
   * `active` and `inactive` are the server's word. `remembered`: the token was refused a moment ago, and
   * the server was not asked again. `unavailable`: there was no answer; `failure` says why.
   */
  readonly outcome: 'active' | 'inactive' | 'remembered' | 'unavailable';
  readonly failure: IntrospectionFailure | undefined;
  /** The members of the answer, redacted like claims. */
  readonly answer: Readonly<Record<string, unknown>> | undefined;
}

/** What was observed while a token was read. */
export interface ObservedIntrospection {
  readonly issuer: TrustedIssuer;
  readonly introspection: Introspection;
}

/** Explains what an introspection came to; `undefined` when no server was asked about the token. */
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
