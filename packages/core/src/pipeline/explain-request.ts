import { readableSchemes } from '../binding/accepted-schemes.ts';
import { explainCertificate } from '../binding/certificate-binding.ts';
import { proofOf, readProofHeader } from '../binding/proof.ts';
import { credentialsOf } from '../http/credentials.ts';
import type { RequestView } from '../http/request-view.ts';
import type { Issuers } from '../issuers/issuers.ts';
import { epochSeconds } from '../lib/clock.ts';
import { decodeBase64Url, parseJsonObject } from '../lib/json.ts';
import { memberOf } from '../lib/member-of.ts';
import { ownNumber, ownString } from '../lib/own-property.ts';
import { ConfigurationError } from '../model/errors.ts';
import { STEPS, type Step } from '../model/reasons.ts';
import { Refused } from '../model/refused.ts';
import type { Scheme } from '../model/scheme.ts';
import { ALGORITHMS } from '../token/algorithms.ts';
import { type Explanation, explainPresented } from './explain.ts';
import { stepsUntil } from './explained-steps.ts';
import { type ExplainOptions, redact, revealOf } from './revealed-claims.ts';
import type { VerifierOptions } from './verifier.ts';

/** What a DPoP proof says, as far as it could be parsed. **Nothing of it is verified.** */
export interface ExplainedProof {
  /** Algorithm and type as the header states them. */
  readonly header: Readonly<{ alg: string | undefined; typ: string | undefined }>;
  /** Thumbprint of the proof's key (RFC 7638). `cnf.jkt` of the token must be equal to it (RFC 9449 §6.1). */
  readonly thumbprint: string | undefined;
  /** The proof's claims. A value is `[hidden string]` (with its type) unless `reveal` names the claim. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** By how many seconds the proof's `iat` is ahead of this machine's clock; negative when it is behind. */
  readonly aheadSec: number | undefined;
}

/** The client certificate of a request, as the option `mtls` finds it. */
export interface ExplainedCertificate {
  /** Thumbprint of the certificate. `cnf["x5t#S256"]` of the token must be equal to it (RFC 8705 §3.1). */
  readonly thumbprint: string | undefined;
  /** Why no certificate was accepted: a fixed text. */
  readonly whyNone: string | undefined;
}

/** Whether a request would be accepted, step by step, and why not. */
export interface RequestExplanation extends Explanation {
  /** Scheme of the `Authorization` header, when this server reads credentials of that scheme. */
  readonly scheme: Scheme | undefined;
  /** The DPoP proof; `undefined` when the request has none, or it cannot be parsed. */
  readonly proof: ExplainedProof | undefined;
  /** The client certificate; `undefined` when the option `mtls` is not set. */
  readonly certificate: ExplainedCertificate | undefined;
  /** Always `not_checked`: to check for a replay would mark the proof as used, and `explain` changes nothing. */
  readonly replay: 'not_checked';
}

// Only a route has requirements, and there is no route here.
const REQUEST_STEPS: readonly Step[] = STEPS.filter((step) => step !== 'requirement');

/**
 * Runs a request through the pipeline as `authenticate` does, but without the token cache, and tells at which
 * step it failed. Marks no proof as used, sets no response header and emits no event. Rejects with
 * `ConfigurationError` when `reveal` is not a list of strings, or `request` is no view.
 */
export async function explainRequest(
  request: RequestView,
  issuers: Issuers,
  options: VerifierOptions,
  explainOptions: ExplainOptions = {},
): Promise<RequestExplanation> {
  const reveal = revealOf('explainRequest()', explainOptions);
  if (typeof memberOf(request, 'header') !== 'function') {
    throw new ConfigurationError(
      'explainRequest() takes a view of the request. Write: explainRequest(nodeRequestView(req, req.originalUrl)), in Koa explainRequest(nodeRequestView(ctx.req, ctx.originalUrl))',
    );
  }
  const credentials = credentialsOf(request, readableSchemes(options.dpop));
  const proof = proofIn(request, reveal, epochSeconds(options.clock));
  const { mtls } = options;
  const certificate = mtls && Object.freeze(explainCertificate(request, mtls));
  const { scheme } = credentials;
  if (scheme === undefined) {
    return Object.freeze<RequestExplanation>({
      accepted: false,
      steps: stepsUntil(
        new Refused(credentials.reason),
        REQUEST_STEPS.filter(
          (step) =>
            step !== 'introspection' && (step !== 'revocation' || options.revocation !== undefined),
        ),
      ),
      kind: undefined,
      issuerName: undefined,
      rule: undefined,
      hint: undefined,
      header: undefined,
      claims: undefined,
      introspection: undefined,
      scheme,
      proof,
      certificate,
      replay: 'not_checked',
    });
  }
  const presented = { token: credentials.token, scheme, request };
  const explanation = await explainPresented(presented, issuers, options, reveal, REQUEST_STEPS);
  return Object.freeze({ ...explanation, scheme, proof, certificate, replay: 'not_checked' });
}

function proofIn(
  request: RequestView,
  reveal: readonly string[],
  nowSec: number,
): ExplainedProof | undefined {
  const parts = proofOf(request);
  if (typeof parts === 'string') return undefined;
  const header = objectOf(parts.header);
  const claims = objectOf(parts.payload);
  if (header === undefined || claims === undefined) return undefined;
  // With every known algorithm, not just the accepted ones: the key can be shown for the others, too.
  const read = readProofHeader(parts.header, ALGORITHMS);
  const issuedAt = ownNumber(claims, 'iat');
  return Object.freeze({
    header: Object.freeze({ alg: ownString(header, 'alg'), typ: ownString(header, 'typ') }),
    thumbprint: typeof read === 'string' ? undefined : read.key.thumbprint,
    claims: redact(claims, reveal),
    aheadSec: issuedAt === undefined ? undefined : Math.round(issuedAt - nowSec),
  });
}

function objectOf(segment: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeBase64Url(segment);
  return bytes && parseJsonObject(bytes);
}
