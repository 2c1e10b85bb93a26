import type { RequestView } from '../http/request-view.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { memoize } from '../lib/memoize.ts';
import { type PeerList, parsePeerList } from '../lib/peer-list.ts';
import { ConfigurationError } from '../model/errors.ts';
import { CERTIFICATE_FORMATS, type CertificateFormat } from './certificate-formats.ts';
import type { CertificateSource } from './certificate-source.ts';

/** How a proxy that ends TLS passes the client's certificate on, and which proxies are trusted. */
export interface HeaderCertificateOptions {
  /**
   * The format of the header's value:
   * - `rfc9440`: `:<base64 of the DER>:` (RFC 9440 §2.2). HAProxy, Google Cloud, CloudFront.
   * - `nginx`: percent-encoded PEM, `$ssl_client_escaped_cert`.
   * - `envoy`: `X-Forwarded-Client-Cert` with exactly one element; its `Hash` is used. Envoy, Istio.
   * - `aws-alb`: percent-encoded PEM; of a chain, the first certificate is used.
   * - `base64-der`: the base64 of the DER and nothing else. Azure, Traefik.
   */
  readonly format: CertificateFormat;
  /**
   * The header's name. Default: `Client-Cert` for `rfc9440`, `X-Client-Cert` for `nginx`,
   * `X-Forwarded-Client-Cert` for `envoy`, `X-Amzn-Mtls-Clientcert-Leaf` for `aws-alb` (a load balancer in
   * passthrough mode sends `X-Amzn-Mtls-Clientcert`), `X-ARR-ClientCert` for `base64-der`.
   */
  readonly header?: string | undefined;
  /**
   * The proxies whose header is trusted: addresses and networks (`10.1.2.3`, `10.0.0.0/8`, `fd00::/8`), and
   * `unix` for connections to the Unix domain socket that this server listens on. The address of the connection
   * itself is compared; `X-Forwarded-For` and similar headers are not read.
   */
  readonly proxies: readonly [string, ...string[]];
}

const OPTIONS: OptionNames<HeaderCertificateOptions> = {
  format: true,
  header: true,
  proxies: true,
};

const LINE = "headerCertificate({ format: 'nginx', proxies: ['10.0.0.0/8'] })";
const PROXIES_LINE = "Write: proxies: ['10.1.2.3', '10.0.0.0/8'], or ['unix']";

/** Characters. Enough for a percent-encoded chain of large certificates, and Node's own default limit for headers. */
const MAX_LENGTH = 16_384;
/** Thumbprints that are remembered: a client sends the same certificate, of about 1.5 KB, with each request. */
const KEPT = { entries: 1_000, maxLength: 8_192 };
/** Addresses whose trust is remembered. There are few proxies, so their addresses stay in it. */
const KEPT_PEERS = { entries: 1_000, maxLength: 64 };

const UNTRUSTED =
  'The connection comes from an address that is not in proxies of headerCertificate(), so its header is not read. If it is your proxy, add its address';
const NO_ADDRESS =
  "The connection has no address, or has lost it, so its header is not read. If the proxy connects by a Unix domain socket, write: proxies: ['unix']";
const ABSENT =
  'The proxy sent no certificate: the client showed none, or the proxy is not configured to ask for one and to pass it on';
const REPEATED =
  'The header of the certificate came more than once: the proxy adds its own header to the one that the client sent. Configure it to replace the header, in every location';
const MALFORMED =
  'The header of the certificate does not have the format that headerCertificate() was given, or has more certificates than that format allows';

/**
 * Reads the client certificate from a header that a proxy sets (RFC 8705 §6.5, RFC 9440). The header is read only
 * on connections from the listed proxies. **The proxy must replace this header on every request, also on requests
 * without a certificate** (RFC 9440 §2.4). If it passes the header of a client on, that client can pretend to have
 * any certificate.
 *
 * A header that came twice, or that is not exactly of the format, counts as no certificate. This function does not
 * check who issued the certificate, nor when it expires.
 *
 * @throws ConfigurationError for an unknown format, an invalid header name, and for `proxies` that are empty,
 *   that are not addresses, or that contain a network wider than any private one (`/8` for IPv4, `/7` for IPv6).
 */
export function headerCertificate(options: HeaderCertificateOptions): CertificateSource {
  checkOptions('headerCertificate()', options, OPTIONS, LINE);
  const { format } = options;
  if (!Object.hasOwn(CERTIFICATE_FORMATS, format)) {
    throw new ConfigurationError(
      `headerCertificate(): format must be one of ${Object.keys(CERTIFICATE_FORMATS).join(', ')}. Write: ${LINE}`,
    );
  }
  const { thumbprintOf, header: usual } = CERTIFICATE_FORMATS[format];
  const header = headerName(options.header ?? usual);
  const proxies = resolveProxies(options.proxies);
  const isProxy = memoize(proxies.hasAddress, KEPT_PEERS);
  const thumbprint = memoize(thumbprintOf, KEPT);

  const isBelieved = ({ peerAddress, overUnixSocket }: RequestView): boolean =>
    peerAddress === undefined ? proxies.hasUnix && overUnixSocket === true : isProxy(peerAddress);

  return Object.freeze<CertificateSource>({
    thumbprintOf(request) {
      if (!isBelieved(request)) return undefined;
      const value = request.header(header);
      if (typeof value !== 'string' || value.length > MAX_LENGTH) return undefined;
      return thumbprint(value);
    },
    whyNone(request) {
      if (!isBelieved(request)) return request.peerAddress === undefined ? NO_ADDRESS : UNTRUSTED;
      const value = request.header(header);
      if (value === undefined || value === '') return ABSENT;
      return typeof value === 'string' ? MALFORMED : REPEATED;
    },
  });
}

// The characters of a header name (RFC 9110 §5.6.2).
function headerName(name: unknown): string {
  if (typeof name === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(name)) return name.toLowerCase();
  throw new ConfigurationError(
    "headerCertificate(): header must be the name of a header. Write: header: 'X-Client-Cert'",
  );
}

function resolveProxies(given: unknown): PeerList {
  if (!Array.isArray(given) || given.length === 0) {
    throw new ConfigurationError(
      `headerCertificate(): proxies must be a list of the addresses from which your proxies connect. Only their header is trusted. ${PROXIES_LINE}`,
    );
  }
  const parsed = parsePeerList(given);
  if (!('fault' in parsed)) return parsed;
  throw new ConfigurationError(
    parsed.fault === 'too_wide'
      ? `headerCertificate(): ${JSON.stringify(parsed.entry)} in proxies includes addresses of strangers, whose certificates would be trusted. ${PROXIES_LINE}`
      : `headerCertificate(): each of proxies must be an IP address, a network in CIDR notation, or 'unix'; host names are not looked up. ${PROXIES_LINE}`,
  );
}
