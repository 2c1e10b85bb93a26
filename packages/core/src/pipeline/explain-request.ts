import { readableSchemes } from '../binding/accepted-schemes.ts';
import { explainCertificate } from '../binding/certificate-binding.ts';
import { proofOf, readProofHeader } from '../binding/proof.ts';
import { credentialsOf } from '../http/credentials.ts';
import type { RequestView } from '../http/request-view.ts';
import type { Issuers } from '../issuers/issuers.ts';
import { epochSeconds } from '../lib/clock.ts';
import { decodeBase64Url, parseJsonObject } from '../lib/json.ts';
import { ownNumber, ownString } from '../lib/own-property.ts';
import { STEPS, type Step } from '../model/reasons.ts';
import { Refused } from '../model/refused.ts';
import type { Scheme } from '../model/scheme.ts';
import { ALGORITHMS } from '../token/algorithms.ts';
import {
  type ExplainOptions,
  type Explanation,
  explainPresented,
  redact,
  revealOf,
  stepsUntil,
} from './explain.ts';
import type { VerifierOptions } from './verifier.ts';

/** What a proof says, as far as it could be parsed. Nothing of it needs to be true. */
export interface ExplainedProof {
  /** Algorithm and type as the header states them. */
  readonly header: Readonly<{ alg: string | undefined; typ: string | undefined }>;
  /** Thumbprint of its key (RFC 7638): what `cnf.jkt` of its token has to be. */
  readonly thumbprint: string | undefined;
  /** Its claims: `[hidden string]` unless revealed. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** By how much its time is ahead of this machine's, in seconds; negative: behind. */
  readonly aheadSec: number | undefined;
}

/** The certificate that a client showed, as the server's `mtls` finds it. */
export interface ExplainedCertificate {
  /** Its thumbprint: what `cnf["x5t#S256"]` of its token has to be (RFC 8705 §3.1). */
  readonly thumbprint: string | undefined;
  /** Why there is none that counts: a fixed text. */
  readonly whyNone: string | undefined;
}

/** What becomes of a request, and why. */
export interface RequestExplanation extends Explanation {
  /** The scheme of its `Authorization` header, when it is accepted. */
  readonly scheme: Scheme | undefined;
  readonly proof: ExplainedProof | undefined;
  /** `undefined` without `mtls`. */
  readonly certificate: ExplainedCertificate | undefined;
  /** Whether the proof was used before is not asked: looking must not change anything. */
  readonly replay: 'not_checked';
}

// `requirement` needs a route.
const REQUEST_STEPS: readonly Step[] = STEPS.filter((step) => step !== 'requirement');

/**
 * Sends a request down the pipeline as `authenticate` would, past the cache, and records how far it
 * came. Marks no proof as used, sets no header of the response, and emits nothing.
 */
export async function explainRequest(
  request: RequestView,
  issuers: Issuers,
  options: VerifierOptions,
  explainOptions: ExplainOptions = {},
): Promise<RequestExplanation> {
  const reveal = revealOf('explainRequest()', explainOptions);
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
  // Any algorithm that there is: one that is not accepted has a key all the same.
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
