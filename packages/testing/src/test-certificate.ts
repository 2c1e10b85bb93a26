import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  webcrypto,
} from 'node:crypto';
import { isIP } from 'node:net';
import { ConfigurationError, checkOptions, type OptionNames, systemClock } from '@authly/core';

/** A client's or server's certificate with its key, as Node's TLS takes them. */
export interface TestCertificate {
  /** The certificate in PEM: `https.request({ cert, key })`. */
  readonly cert: string;
  /** Its private key in PEM (PKCS #8). */
  readonly key: string;
  /** The certificate as DER. */
  readonly der: Uint8Array;
  /** SHA-256 over the DER in base64url: `cnf["x5t#S256"]` of the tokens that are bound to it (RFC 8705 §3.1). */
  readonly thumbprint: string;
}

/** Options of {@link testCertificate}. */
export interface TestCertificateOptions {
  /** `CN` of its subject. Default: a new name each time, so that no certificate looks like its issuer. */
  readonly commonName?: string;
  /** Names and addresses of a server, and URIs such as `spiffe://acme.com/sync`. Default none. */
  readonly names?: readonly string[];
  /** The certificate that signs it. Default: its own key does. */
  readonly issuer?: TestCertificate;
  /** Uses the key of this certificate, as a renewal may. Default: a new key. */
  readonly renews?: TestCertificate;
  /** When it ends, in seconds from now; negative: expired already. Default a day. */
  readonly expiresInSec?: number;
}

const OPTIONS: OptionNames<TestCertificateOptions> = {
  commonName: true,
  names: true,
  issuer: true,
  renews: true,
  expiresInSec: true,
};

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_SEC = 86_400;

/**
 * Makes a certificate with a new key (P-256), for tests of an API that accepts tokens bound to client
 * certificates (RFC 8705), and for the TLS server of such a test:
 *
 * ```ts
 * const certificate = await testCertificate();
 * const token = issuer.aToken({}, { boundTo: certificate });
 * const { cert, key } = certificate;
 * https.request('https://localhost:3000/orders', { cert, key, headers: { authorization: `Bearer ${token}` } });
 * ```
 *
 * Self-signed unless it has an `issuer`; a self-signed one may issue others. Its times are those of the
 * machine, since TLS knows no other clock. Takes some milliseconds, the first call 0.1 seconds.
 *
 * Rejects with `ConfigurationError` for an option that is unknown, and for a common name that is not
 * letters, digits, spaces and `.-_:/@`.
 */
export async function testCertificate(
  options: TestCertificateOptions = {},
): Promise<TestCertificate> {
  const {
    commonName = `test-${randomBytes(4).toString('hex')}`,
    names = [],
    issuer,
    renews,
    expiresInSec = DAY_SEC,
  } = checkOptions('testCertificate()', options, OPTIONS);
  if (!/^[\w .:/@-]+$/.test(commonName)) {
    throw new ConfigurationError(
      "testCertificate(): commonName must have only letters, digits, spaces and .-_:/@. Write: testCertificate({ commonName: 'nightly-sync' })",
    );
  }
  const x509 = await library();
  const keys = await keysOf(renews);
  const now = systemClock.now();
  const end = now + expiresInSec * 1_000;
  const certificate = await x509.X509CertificateGenerator.create(
    {
      // RFC 5280 §4.1.2.2: positive, and at most 20 bytes.
      serialNumber: `01${randomBytes(8).toString('hex')}`,
      subject: `CN=${commonName}`,
      issuer:
        issuer === undefined ? `CN=${commonName}` : new x509.X509Certificate(issuer.cert).subject,
      notBefore: new Date(Math.min(now, end) - DAY_SEC * 1_000),
      notAfter: new Date(end),
      signingAlgorithm: ALGORITHM,
      publicKey: keys.publicKey,
      signingKey: (issuer === undefined ? keys : await keysOf(issuer)).privateKey,
      extensions: [
        // A self-signed certificate may sign others, and can be trusted as an authority.
        new x509.BasicConstraintsExtension(issuer === undefined, undefined, true),
        ...(names.length === 0
          ? []
          : [new x509.SubjectAlternativeNameExtension(names.map(generalName))]),
      ],
    },
    webcrypto,
  );
  const der = new Uint8Array(certificate.rawData);
  return Object.freeze({
    cert: `${certificate.toString('pem')}\n`,
    key: keys.pem,
    der,
    thumbprint: createHash('sha256').update(der).digest('base64url'),
  });
}

// The library needs the polyfill, which adds to the global `Reflect`. So both are loaded only when a certificate is
// made.
async function library(): Promise<typeof import('@peculiar/x509')> {
  await import('reflect-metadata');
  return import('@peculiar/x509');
}

/** The keys of a certificate, or new ones, as Web Crypto keys, which the library needs for signing. */
async function keysOf(certificate: TestCertificate | undefined) {
  const privateKey =
    certificate === undefined
      ? generateKeyPairSync('ec', { namedCurve: ALGORITHM.namedCurve }).privateKey
      : createPrivateKey(certificate.key);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  const { subtle } = webcrypto;
  return {
    pem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    privateKey: await subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']),
    publicKey: await subtle.importKey('spki', spki, ALGORITHM, true, ['verify']),
  };
}

// RFC 5280 §4.2.1.6.
function generalName(value: string) {
  if (isIP(value) !== 0) return { type: 'ip', value } as const;
  return { type: value.includes(':') ? 'url' : 'dns', value } as const;
}
