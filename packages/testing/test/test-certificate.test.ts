import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ConfigurationError } from '@authly/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { generateTestKey, testCertificate, testIssuer, thumbprintOf } from '../src/index.ts';

describe('a test certificate', () => {
  it('is self-signed, by its own key, and has its thumbprint', async () => {
    const { cert, key, der, thumbprint } = await testCertificate();
    const parsed = new X509Certificate(cert);
    expect(Buffer.from(der)).toEqual(parsed.raw);
    expect(parsed.checkPrivateKey(createPrivateKey(key))).toBe(true);
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.subject).toMatch(/^CN=test-[0-9a-f]{8}$/);
    expect(parsed.issuer).toBe(parsed.subject);
    expect(thumbprint).toBe(createHash('sha256').update(parsed.raw).digest('base64url'));
    expect(Date.parse(parsed.validTo)).toBeGreaterThan(Date.now());
  });

  it('is a new one each time, also if it has the key of an older one', async () => {
    const first = await testCertificate();
    const second = await testCertificate();
    const renewed = await testCertificate({ renews: first });
    expect(new Set([first, second, renewed].map(({ thumbprint }) => thumbprint)).size).toBe(3);
    expect(renewed.key).toBe(first.key);
    expect(second.key).not.toBe(first.key);
  });

  it('has the given names', async () => {
    const names = ['localhost', '127.0.0.1', '::1', 'spiffe://acme.com/sync'];
    const { cert } = await testCertificate({ commonName: 'nightly sync', names });
    const parsed = new X509Certificate(cert);
    expect(parsed.subject).toBe('CN=nightly sync');
    expect(parsed.subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, URI:spiffe://acme.com/sync',
    );
  });

  it('may be signed by another certificate, and may have expired', async () => {
    const issuer = await testCertificate({ commonName: 'authority' });
    const { cert } = await testCertificate({ issuer, expiresInSec: -60 });
    const parsed = new X509Certificate(cert);
    expect(parsed.issuer).toBe('CN=authority');
    expect(parsed.checkIssued(new X509Certificate(issuer.cert))).toBe(true);
    expect(parsed.verify(new X509Certificate(issuer.cert).publicKey)).toBe(true);
    expect(Date.parse(parsed.validTo)).toBeLessThan(Date.now());
    expect(Date.parse(parsed.validFrom)).toBeLessThan(Date.parse(parsed.validTo));
  });

  it('serves as the two certificates of a TLS connection', async () => {
    const authority = await testCertificate();
    const server = await testCertificate({ issuer: authority, names: ['127.0.0.1'] });
    const client = await testCertificate({ issuer: authority });
    const { cert, key } = server;
    const listening = createServer(
      { cert, key, ca: authority.cert, requestCert: true },
      (incoming, response) => {
        const { raw } = (incoming.socket as TLSSocket).getPeerX509Certificate() ?? {};
        response.end(
          createHash('sha256')
            .update(raw ?? '')
            .digest('base64url'),
        );
      },
    ).listen(0, '127.0.0.1');
    onTestFinished(() => void listening.close());
    await once(listening, 'listening');
    const { port } = listening.address() as AddressInfo;
    const options = { port, host: '127.0.0.1', ca: authority.cert, agent: false } as const;
    const outgoing = request({ ...options, cert: client.cert, key: client.key }).end();
    const [response] = await once(outgoing, 'response');
    const [body] = await once(response, 'data');
    expect(String(body)).toBe(client.thumbprint);
  });

  it.each([{ commonNames: 'x' }, { commonName: 'x,O=y' }, { commonName: '' }])(
    '%j is refused',
    async (options) => {
      await expect(testCertificate(options)).rejects.toThrow(ConfigurationError);
    },
  );
});

describe('a token that is bound', () => {
  const { aToken } = testIssuer({ audience: 'https://api.test' });
  const cnfOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).cnf;

  it('names the certificate, the key, or both', async () => {
    const certificate = await testCertificate();
    const key = generateTestKey('ES256');
    const [x5t, jkt] = [certificate.thumbprint, thumbprintOf(key)];
    expect(cnfOf(aToken({}, { boundTo: certificate }))).toEqual({ 'x5t#S256': x5t });
    expect(cnfOf(aToken({}, { boundTo: key }))).toEqual({ jkt });
    expect(cnfOf(aToken({}, { boundTo: [key, certificate] }))).toEqual({ jkt, 'x5t#S256': x5t });
  });
});
