import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { memberOf } from '../lib/member-of.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { CertificateSource } from './certificate-source.ts';

/**
 * Which tokens need a client certificate. `when-bound`: only tokens that are bound to one. `required`: every
 * token must be bound to a certificate and come with it.
 */
export type MtlsMode = 'when-bound' | 'required';

/** How tokens that are bound to a client certificate are accepted (RFC 8705 §3). */
export interface MtlsOptions {
  /**
   * `when-bound` (the default): tokens that are bound to a certificate need it; others are accepted without.
   * `required`: every token must be bound to a certificate and come with it. `verify(token)` then refuses every
   * token, because it has no request to find a certificate in.
   */
  readonly mode?: MtlsMode | undefined;
  /** Where to find the client's certificate: `socketCertificate()`, or `headerCertificate({ … })` behind a proxy. */
  readonly certificate: CertificateSource;
}

/** {@link MtlsOptions} with every default decided. */
export interface ResolvedMtls {
  readonly mode: MtlsMode;
  readonly certificate: CertificateSource;
}

const OPTIONS: OptionNames<MtlsOptions> = { mode: true, certificate: true };

const LINE = 'mtls: { certificate: socketCertificate() }';

/** Checks the option `mtls` and decides every default. Throws {@link ConfigurationError} for a wrong option. */
export function resolveMtls(options: MtlsOptions | undefined): ResolvedMtls | undefined {
  if (options === undefined) return undefined;
  const { mode = 'when-bound', certificate } = checkOptions('mtls', options, OPTIONS, LINE);
  if (mode !== 'when-bound' && mode !== 'required') {
    throw new ConfigurationError(
      `mtls.mode must be 'when-bound' or 'required'. Write: mtls: { mode: 'required', certificate: socketCertificate() }`,
    );
  }
  if (typeof memberOf(certificate, 'thumbprintOf') !== 'function') {
    throw new ConfigurationError(
      `mtls.certificate must say where the client's certificate is. Write: ${LINE}, or behind a proxy that ends TLS: mtls: { certificate: headerCertificate({ format: 'nginx', proxies: ['10.0.0.0/8'] }) }`,
    );
  }
  return Object.freeze({ mode, certificate });
}
