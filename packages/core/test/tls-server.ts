import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TLS server on loopback, whose certificate nobody trusts but who is given it. */
export interface TlsServer {
  /** `https://127.0.0.1:<port>`. */
  readonly origin: string;
  readonly port: number;
  /** Its certificate, which is its own authority, in PEM. */
  readonly ca: string;
}

/** Starts a server; it ends with the test. */
export async function aTlsServer(listener: RequestListener): Promise<TlsServer> {
  const { key, cert } = aLoopbackCertificate();
  const server = createServer({ key, cert }, listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { origin: `https://127.0.0.1:${port}`, port, ca: cert };
}

const OID = {
  ecdsaSha256: '2a8648ce3d040302',
  commonName: '550403',
  san: '551d11',
  basic: '551d13',
};

/** A certificate (RFC 5280 §4.1) for localhost and 127.0.0.1, signed by its own key. */
function aLoopbackCertificate(): { readonly key: string; readonly cert: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, oid(OID.ecdsaSha256));
  const commonName = der(0x30, oid(OID.commonName), der(0x0c, Buffer.from('loopback')));
  const name = der(0x30, der(0x31, commonName));
  const names = der(
    0x30,
    der(0x82, Buffer.from('localhost')),
    der(0x87, Buffer.from([127, 0, 0, 1])),
  );
  const extensions = der(
    0x30,
    der(0x30, oid(OID.basic), der(0x04, der(0x30, der(0x01, Buffer.from([0xff]))))),
    der(0x30, oid(OID.san), der(0x04, names)),
  );
  const toBeSigned = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    der(0x30, utcTime('200101000000Z'), utcTime('491231235959Z')),
    name,
    publicKey.export({ format: 'der', type: 'spki' }),
    der(0xa3, extensions),
  );
  const signature = der(
    0x03,
    Buffer.from([0]),
    sign('sha256', toBeSigned, { key: privateKey, dsaEncoding: 'der' }),
  );
  const base64 = der(0x30, toBeSigned, algorithm, signature).toString('base64');
  return {
    key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

/** X.690 §8.1.3, in as few bytes as possible. */
function lengthOf(length: number): readonly number[] {
  if (length < 128) return [length];
  return length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'));
}

function utcTime(text: string): Buffer {
  return der(0x17, Buffer.from(text));
}
