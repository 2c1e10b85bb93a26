import type { RequestView } from '../http/request-view.ts';
import { ignoreRejection } from '../lib/callback-result.ts';
import type { CheckFailure } from '../request/request-check.ts';
import { type BindingKind, NEEDS_REQUEST, USE_REQUEST } from './binding-kind.ts';
import type { CertificateSource } from './certificate-source.ts';
import type { ResolvedMtls } from './mtls-options.ts';

const REQUIRED: CheckFailure = Object.freeze({ reason: 'certificate_required' });
const REQUIRED_OF_REQUEST: CheckFailure = Object.freeze({
  reason: 'certificate_required',
  hint: USE_REQUEST,
});
const MISMATCH: CheckFailure = Object.freeze({ reason: 'certificate_mismatch' });

/**
 * Checks tokens that are bound to a client certificate (RFC 8705 §3): the certificate of this request must
 * have the thumbprint that the token states. The certificate is only looked up for tokens that are bound to
 * one. Neither its issuer nor its validity period is checked.
 */
export function certificateBinding({ mode, certificate }: ResolvedMtls): BindingKind {
  const isRequired = mode === 'required';

  return {
    member: 'x5t#S256',
    isRequired,
    holds(value, _verified, { request }) {
      if (request === undefined) {
        if (isRequired) return REQUIRED_OF_REQUEST;
        return value === undefined ? undefined : NEEDS_REQUEST;
      }
      if (value === undefined) return isRequired ? REQUIRED : undefined;
      const found = thumbprintIn(request, certificate);
      if (found === value) return undefined;
      if (typeof found === 'string') return MISMATCH;
      return found ?? { reason: 'certificate_missing', ...whyNone(request, certificate) };
    },
  };
}

/** The application's own source may throw or give a promise. That is an outage (503), not a fault of the token. */
function thumbprintIn(
  request: RequestView,
  certificate: CertificateSource,
): string | undefined | CheckFailure {
  try {
    const found: unknown = certificate.thumbprintOf(request);
    if (found === undefined || typeof found === 'string') return found;
    ignoreRejection(found);
    const cause = new TypeError(
      'thumbprintOf() of mtls.certificate returned neither a string nor undefined',
    );
    return { reason: 'certificate_unavailable', cause };
  } catch (cause) {
    return { reason: 'certificate_unavailable', cause };
  }
}

function whyNone(request: RequestView, certificate: CertificateSource): { hint?: string } {
  try {
    const hint: unknown = certificate.whyNone?.(request);
    if (typeof hint === 'string') return { hint };
    ignoreRejection(hint);
    return {};
  } catch {
    return {};
  }
}

/** For `explainRequest`: the thumbprint of the request's certificate, or why there is none. */
export function explainCertificate(
  request: RequestView,
  { certificate }: ResolvedMtls,
): { readonly thumbprint: string | undefined; readonly whyNone: string | undefined } {
  const found = thumbprintIn(request, certificate);
  return typeof found === 'string'
    ? { thumbprint: found, whyNone: undefined }
    : { thumbprint: undefined, whyNone: whyNone(request, certificate).hint };
}
