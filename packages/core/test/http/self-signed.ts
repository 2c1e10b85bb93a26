import { createHash, generateKeyPairSync, sign } from 'node:crypto';

/** A certificate and its key, for a TLS server or client. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
  /** What the other side of a handshake gets. */
  readonly der: Buffer;
}

/** A self-signed certificate for `localhost` (RFC 5280 §4.1), by a new P-256 key: ECDSA with SHA-256. */
export function selfSigned(): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const ecdsaWithSha256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
  const commonName = sequence(
    tagged(
      0x31,
      sequence(Buffer.from('0603550403', 'hex'), tagged(0x0c, Buffer.from('localhost'))),
    ),
  );
  const serial = createHash('sha256').update(spki).digest().subarray(0, 8);
  serial[0] = 0x01;
  const signed = sequence(
    tagged(0x02, serial),
    ecdsaWithSha256,
    commonName,
    sequence(
      tagged(0x17, Buffer.from('200101000000Z')),
      tagged(0x17, Buffer.from('491231235959Z')),
    ),
    commonName,
    spki,
  );
  const der = sequence(
    signed,
    ecdsaWithSha256,
    tagged(0x03, Buffer.concat([Buffer.of(0), sign('sha256', signed, privateKey)])),
  );
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`,
    der,
  };
}

function sequence(...parts: readonly Uint8Array[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

/** A DER value: tag, length, content; lengths to 65,535. */
function tagged(tag: number, content: Uint8Array): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
