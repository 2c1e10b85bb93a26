import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AuthEvent,
  type CertificateFormat,
  headerCertificate,
  type MtlsOptions,
  socketCertificate,
} from '@authly/core';
import { type TestCertificate, testCertificate } from '@authly/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { aBoundProof, clientKey } from '../support/bound.ts';
import { type Framework, frameworks } from '../support/frameworks.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { listening, serveTls } from '../support/tls.ts';
import { aUserToken } from '../support/tokens.ts';
import { tlsWire } from './support/tls-wire.ts';
import { type Wire, type WireHeader, wireOver } from './support/wire.ts';

// Certificates that are not there, of somebody else, or that only a header speaks of. Everything goes over
// real connections.

const authority = await testCertificate();
const ours = await testCertificate({ issuer: authority });
const theirs = await testCertificate({ issuer: authority });

const boundTo = (certificate: TestCertificate) => aUserToken({}, { boundTo: certificate });
const bearer = (token: string): WireHeader => ['authorization', `Bearer ${token}`];

/** An API that notes what became of each request, as `accepted` or as the reason of a refusal. */
function anApi(framework: Framework, mtls: Partial<MtlsOptions> = {}, options: object = {}) {
  const outcomes: string[] = [];
  const onEvent = (event: AuthEvent) => {
    if (event.type === 'request.authenticated') outcomes.push(`accepted ${event.binding}`);
    if (event.type === 'request.refused') outcomes.push(event.reason);
  };
  const server = aResourceServer({
    mtls: { certificate: socketCertificate(), ...mtls },
    onEvent,
    ...options,
  });
  const app = framework.createApp(
    ({ use, route }) => {
      use(framework.authenticate(server));
      route('/', () => 'in');
    },
    { trustProxy: true },
  );
  return {
    listener: app.listener,
    outcomes,
    /** Sends each in turn, and gives what became of them. */
    async outcomesOf(wire: Wire, ...requests: readonly (readonly WireHeader[])[]) {
      outcomes.length = 0;
      for (const headers of requests) {
        const { status } = await wire.send({ headers });
        expect(status).toBe(outcomes.at(-1)?.startsWith('accepted') ? 200 : 401);
      }
      return [...outcomes];
    },
  };
}

describe.each(frameworks)('the certificate of the connection in $name', (framework) => {
  it('[RFC8705-3-a] lets in a token that is bound to it, and no other', async () => {
    const { listener, outcomesOf } = anApi(framework);
    const port = await serveTls(listener);
    const certificates = [ours, theirs, undefined];
    const found = await Promise.all(
      certificates.map(async (certificate) => {
        const wire = await tlsWire({ port, certificate });
        return (await wire.send({ headers: [bearer(boundTo(ours))] })).status;
      }),
    );
    expect(found).toEqual([200, 401, 401]);
    const wire = await tlsWire({ port, certificate: ours });
    expect(await outcomesOf(wire, [bearer(boundTo(ours))], [bearer(aUserToken())])).toEqual([
      'accepted mtls',
      'accepted none',
    ]);
  });

  it('is named in the Bearer challenge, by a fixed text', async () => {
    const { listener } = anApi(framework);
    const port = await serveTls(listener);
    const none = await (await tlsWire({ port })).send({ headers: [bearer(boundTo(ours))] });
    expect(none.headers['www-authenticate']).toBe(
      'Bearer realm="api", error="invalid_token", error_description="The access token is bound to a client certificate, and the connection has none (mutual TLS)"',
    );
    const other = await tlsWire({ port, certificate: theirs });
    const refused = await other.send({ headers: [bearer(boundTo(ours))] });
    expect(refused.headers['www-authenticate']).toBe(
      'Bearer realm="api", error="invalid_token", error_description="The access token is bound to another client certificate than that of the connection"',
    );
    expect(refused.headers['cache-control']).toBe('no-store');
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)(
    '56, 57 is that of the first handshake, or none, in a resumed session: %s',
    async (version) => {
      const { listener, outcomesOf } = anApi(framework);
      // Trusted, so that Node calls resumed connections authorized, with a certificate or without.
      const port = await serveTls(listener, { ca: authority.cert });
      const sessionOf = async (certificate?: TestCertificate) => {
        const wire = await tlsWire({ port, certificate, version });
        await wire.send({ headers: [bearer(aUserToken())] });
        return wire.session();
      };
      const resume = async (session: Buffer, certificate?: TestCertificate) => {
        const wire = await tlsWire({ port, certificate, version, session });
        expect(wire.isResumed()).toBe(true);
        return outcomesOf(wire, [bearer(boundTo(ours))], [bearer(boundTo(theirs))]);
      };
      // Node calls the second of these authorized on TLS 1.3.
      expect(await resume(await sessionOf())).toEqual([
        'certificate_missing',
        'certificate_missing',
      ]);
      const first = ['accepted mtls', 'certificate_mismatch'];
      expect(await resume(await sessionOf(ours), ours)).toEqual(first);
      // Also where the client holds another certificate by now, or none.
      expect(await resume(await sessionOf(ours), theirs)).toEqual(first);
      expect(await resume(await sessionOf(ours))).toEqual(first);
    },
  );

  it('57 is compared with each token of a kept-alive connection', async () => {
    const { listener, outcomesOf } = anApi(framework);
    const wire = await tlsWire({ port: await serveTls(listener), certificate: ours });
    const [good, bad] = [[bearer(boundTo(ours))], [bearer(boundTo(theirs))]];
    expect(await outcomesOf(wire, good, bad, good, bad)).toEqual([
      'accepted mtls',
      'certificate_mismatch',
      'accepted mtls',
      'certificate_mismatch',
    ]);
  });

  it('64 is compared only by the hash of its DER', async () => {
    const { listener, outcomesOf } = anApi(framework);
    const wire = await tlsWire({ port: await serveTls(listener), certificate: ours });
    const spki = new X509Certificate(ours.cert).publicKey.export({ type: 'spki', format: 'der' });
    const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data);
    const withCnf = (cnf: unknown) => [bearer(aUserToken({ cnf }))];
    const x5t = (thumbprint: unknown) => withCnf({ 'x5t#S256': thumbprint });
    expect(
      await outcomesOf(
        wire,
        x5t(sha256(ours.cert).digest('base64url')),
        x5t(sha256(spki).digest('base64url')),
        x5t(sha256(ours.der).digest('hex')),
        x5t(sha256(ours.der).digest('base64')),
        x5t(`${ours.thumbprint}=`),
        x5t(ours.thumbprint.toLowerCase()),
        x5t(''),
        x5t([ours.thumbprint]),
        x5t(null),
        withCnf({ x5t: createHash('sha1').update(ours.der).digest('base64url') }),
        withCnf({ 'x5t#s256': ours.thumbprint }),
        withCnf({}),
        withCnf(null),
        withCnf({ 'x5t#S256': ours.thumbprint, x5t: 'x', jwk: {} }),
      ),
    ).toEqual([
      ...Array(7).fill('certificate_mismatch'),
      ...Array(2).fill('claim_malformed'),
      ...Array(2).fill('sender_constraint_unsupported'),
      ...Array(2).fill('claim_malformed'),
      'accepted mtls',
    ]);
  });

  it('65 may be self-signed, expired or of an authority that nobody knows; a renewed one is another', async () => {
    const { listener, outcomesOf } = anApi(framework);
    const port = await serveTls(listener);
    const [selfSigned, expired] = [
      await testCertificate(),
      await testCertificate({ expiresInSec: -60 }),
    ];
    for (const certificate of [selfSigned, expired, ours]) {
      const wire = await tlsWire({ port, certificate });
      expect(await outcomesOf(wire, [bearer(boundTo(certificate))])).toEqual(['accepted mtls']);
    }
    const renewed = await tlsWire({ port, certificate: await testCertificate({ renews: ours }) });
    expect(await outcomesOf(renewed, [bearer(boundTo(ours))])).toEqual(['certificate_mismatch']);
  });

  it('65 is that of the connection: after a renewal each token works only on connections with its own certificate', async () => {
    const { listener, outcomesOf } = anApi(framework);
    const port = await serveTls(listener);
    const renewed = await testCertificate({ renews: ours });
    const [before, after] = [
      await tlsWire({ port, certificate: ours }),
      await tlsWire({ port, certificate: renewed }),
    ];
    const both = [[bearer(boundTo(ours))], [bearer(boundTo(renewed))]] as const;
    expect(await outcomesOf(before, ...both)).toEqual(['accepted mtls', 'certificate_mismatch']);
    expect(await outcomesOf(after, ...both)).toEqual(['certificate_mismatch', 'accepted mtls']);
  });

  it('43 is checked together with the proof, for a token that is bound to both', async () => {
    const { listener, outcomesOf } = anApi(framework, {}, { dpop: 'when-bound' });
    const port = await serveTls(listener);
    const both = aUserToken({}, { boundTo: [clientKey, ours] });
    const proved = (token = both): readonly WireHeader[] => [
      ['authorization', `DPoP ${token}`],
      ['dpop', aBoundProof(token)],
    ];
    const wire = await tlsWire({ port, certificate: ours });
    expect(
      await outcomesOf(
        wire,
        proved(),
        [bearer(both)],
        [['authorization', `DPoP ${both}`]],
        proved(aUserToken({}, { boundTo: [clientKey, theirs] })),
        proved(aUserToken({}, { boundTo: ours })),
        [bearer(boundTo(ours))],
        proved(aUserToken({}, { boundTo: clientKey })),
      ),
    ).toEqual([
      'accepted both',
      'binding_scheme_mismatch',
      'proof_missing',
      'certificate_mismatch',
      'binding_missing',
      'accepted mtls',
      'accepted dpop',
    ]);
    expect(await outcomesOf(await tlsWire({ port }), proved())).toEqual(['certificate_missing']);
  });

  it('is required if mode is required', async () => {
    const { listener, outcomesOf } = anApi(framework, { mode: 'required' });
    const wire = await tlsWire({ port: await serveTls(listener), certificate: ours });
    expect(await outcomesOf(wire, [bearer(boundTo(ours))], [bearer(aUserToken())])).toEqual([
      'accepted mtls',
      'certificate_required',
    ]);
  });

  it('is never read from a header', async () => {
    const { listener, outcomesOf } = anApi(framework);
    const wire = await tlsWire({ port: await serveTls(listener) });
    const forged = HEADERS.map(([, header]) => header);
    expect(await outcomesOf(wire, [bearer(boundTo(ours)), ...forged])).toEqual([
      'certificate_missing',
    ]);
  });
});

const hash = createHash('sha256').update(ours.der).digest('hex');
const base64 = Buffer.from(ours.der).toString('base64');

/** Each form as its proxy writes it. */
const HEADERS: readonly (readonly [CertificateFormat, WireHeader])[] = [
  ['rfc9440', ['client-cert', `:${base64}:`]],
  ['nginx', ['x-client-cert', encodeURIComponent(ours.cert)]],
  ['envoy', ['x-forwarded-client-cert', `By=spiffe://acme.com/api;Hash=${hash};Subject="CN=a"`]],
  ['aws-alb', ['x-amzn-mtls-clientcert-leaf', encodeURIComponent(ours.cert)]],
  ['base64-der', ['x-arr-clientcert', base64]],
];

/** The header of RFC 9440, trusted from these addresses. */
const from = (...proxies: readonly [string, ...string[]]) => ({
  certificate: headerCertificate({ format: 'rfc9440', proxies }),
});

const wireFrom = (port: number, localAddress?: string, host = '127.0.0.1'): Wire => {
  const wire = wireOver(() => connect({ port, host, ...(localAddress && { localAddress }) }));
  onTestFinished(() => wire.close());
  return wire;
};

const plain = (listener: RequestListener, at?: { host?: string; path?: string }) =>
  listening(createServer(listener), at);

describe.each(frameworks)('the certificate in a header in $name', (framework) => {
  it.each(HEADERS)('%s is trusted from a listed proxy', async (format, header) => {
    const certificate = headerCertificate({ format, proxies: ['127.0.0.1'] });
    const { listener, outcomesOf } = anApi(framework, { certificate });
    const wire = wireFrom(await plain(listener));
    const other = [bearer(boundTo(theirs)), header];
    expect(
      await outcomesOf(wire, [bearer(boundTo(ours)), header], other, [bearer(boundTo(ours))]),
    ).toEqual(['accepted mtls', 'certificate_mismatch', 'certificate_missing']);
  });

  it.each(HEADERS)('58 %s is not trusted from any other address', async (format, header) => {
    const certificate = headerCertificate({
      format,
      proxies: ['127.9.0.0/16', '10.0.0.0/8', 'unix'],
    });
    const { listener, outcomesOf } = anApi(framework, { certificate });
    const port = await plain(listener);
    const request = [bearer(boundTo(ours)), header];
    const forwarded: WireHeader[] = [
      ['x-forwarded-for', '127.9.1.1'],
      ['x-real-ip', '127.9.1.1'],
      ['forwarded', 'for=127.9.1.1'],
    ];
    expect(await outcomesOf(wireFrom(port), request, [...request, ...forwarded])).toEqual([
      'certificate_missing',
      'certificate_missing',
    ]);
    expect(await outcomesOf(wireFrom(port, '127.9.1.1'), request)).toEqual(['accepted mtls']);
  });

  it('58 is trusted from an IPv4 address in its IPv6 form', async () => {
    const { listener, outcomesOf } = anApi(framework, from('127.9.0.0/16'));
    const port = await plain(listener, { host: '::' });
    const request = [bearer(boundTo(ours)), ...HEADERS.slice(0, 1).map(([, header]) => header)];
    expect(await outcomesOf(wireFrom(port, '127.9.1.1'), request)).toEqual(['accepted mtls']);
    expect(await outcomesOf(wireFrom(port), request)).toEqual(['certificate_missing']);
    expect(await outcomesOf(wireFrom(port, undefined, '::1'), request)).toEqual([
      'certificate_missing',
    ]);
  });

  it('58 is trusted on a Unix domain socket only if unix is listed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'authly-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const [mtls, outcome] of [
      [from('unix'), 'accepted mtls'],
      [from('127.0.0.1', '10.0.0.0/8'), 'certificate_missing'],
    ] as const) {
      const path = join(folder, outcome);
      const { listener, outcomesOf } = anApi(framework, mtls);
      await plain(listener, { path });
      const wire = wireOver(() => connect(path));
      onTestFinished(() => wire.close());
      const request: WireHeader[] = [bearer(boundTo(ours)), ['client-cert', `:${base64}:`]];
      expect(await outcomesOf(wire, request)).toEqual([outcome]);
    }
  });

  it('59–63 is read only if it is there once, and in its format', async () => {
    const { listener, outcomesOf } = anApi(framework, from('127.0.0.1'));
    const wire = wireFrom(await plain(listener));
    const good = `:${base64}:`;
    const attempts: readonly (readonly string[])[] = [
      [good, good],
      [`:${Buffer.from(theirs.der).toString('base64')}:`, good],
      [`${good}, ${good}`],
      [`${good};a=1`],
      [base64],
      ['::'],
      [''],
      [`:${ours.cert.replaceAll('\n', ' ')}:`],
      [':%%%:'],
      [`:${'A'.repeat(15_000)}:`],
      [`:${Buffer.concat([ours.der, authority.der]).toString('base64')}:`],
      [encodeURIComponent(ours.cert)],
      [hash],
      [ours.thumbprint],
    ];
    const requests = attempts.map((values) => [
      bearer(boundTo(ours)),
      ...values.map((value): WireHeader => ['client-cert', value]),
    ]);
    expect(await outcomesOf(wire, ...requests)).toEqual(attempts.map(() => 'certificate_missing'));
    expect(await outcomesOf(wire, [bearer(boundTo(ours)), ['client-cert', good]])).toEqual([
      'accepted mtls',
    ]);
  });

  it('62 of Envoy is read only if it has one element with one hash', async () => {
    const certificate = headerCertificate({ format: 'envoy', proxies: ['127.0.0.1'] });
    const { listener, outcomesOf } = anApi(framework, { certificate });
    const wire = wireFrom(await plain(listener));
    const own = createHash('sha256').update(theirs.der).digest('hex');
    const values = [
      `Hash=${hash},By=spiffe://api;Hash=${own}`,
      `Hash=${hash};Subject=",By=spiffe://api;Hash=${own};Subject="CN=a"`,
      `By=spiffe://api;Hash=${own};URI=spiffe://a;Hash=${hash}`,
      `By=spiffe://api;Hash=${own};URI=spiffe://a,Hash=${hash}`,
      `By=spiffe://api;Hash=${own};Subject="CN=a;Hash=${hash}"`,
      `By=spiffe://api;Subject="CN=a;Hash=${hash}"`,
      `By=spiffe://api;Hash=${hash.toUpperCase()};Subject="CN=a"`,
    ];
    expect(
      await outcomesOf(
        wire,
        ...values.map((value) => [
          bearer(boundTo(ours)),
          ['x-forwarded-client-cert', value] satisfies WireHeader,
        ]),
      ),
    ).toEqual([
      ...Array(4).fill('certificate_missing'),
      'certificate_mismatch',
      'certificate_missing',
      'accepted mtls',
    ]);
  });

  it('63 is the first of a chain', async () => {
    const certificate = headerCertificate({
      format: 'aws-alb',
      header: 'X-Amzn-Mtls-Clientcert',
      proxies: ['127.0.0.1'],
    });
    const { listener, outcomesOf } = anApi(framework, { certificate });
    const wire = wireFrom(await plain(listener));
    const chain: WireHeader = [
      'x-amzn-mtls-clientcert',
      (ours.cert + authority.cert).replaceAll('\n', '%0A').replaceAll(' ', '%20'),
    ];
    expect(
      await outcomesOf(wire, [bearer(boundTo(ours)), chain], [bearer(boundTo(authority)), chain]),
    ).toEqual(['accepted mtls', 'certificate_mismatch']);
  });

  it('67 is not trusted on a connection that was reset before its address was read', async () => {
    const { listener, outcomes } = anApi(framework, from('127.0.0.0/8', 'unix'));
    let reset = () => {};
    const port = await plain((request, response) => {
      // As an application that reads something slow before it authenticates.
      request.socket.once('close', () => listener(request, response));
      reset();
    });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    const handled = new Promise<void>((resolve) => {
      reset = () => {
        socket.resetAndDestroy();
        resolve();
      };
    });
    socket.write(
      `POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${boundTo(ours)}\r\nClient-Cert: :${base64}:\r\nContent-Length: 1\r\n\r\n`,
    );
    await handled;
    await expect.poll(() => outcomes).toEqual(['certificate_missing']);
  });

  it('67 of a TLS connection does not exist after the connection has ended', async () => {
    const { listener, outcomes } = anApi(framework);
    let end = () => {};
    const port = await serveTls((request, response) => {
      request.socket.once('close', () => listener(request, response));
      end();
    });
    const wire = await tlsWire({ port, certificate: ours });
    end = () => wire.close();
    void wire.send({ headers: [bearer(boundTo(ours))] }).catch(() => {});
    await expect.poll(() => outcomes).toEqual(['certificate_missing']);
  });
});

// Express does not speak HTTP/2.
describe.each(frameworks.filter(({ name }) => name.startsWith('Koa')))(
  '66 over HTTP/2 in $name',
  (framework) => {
    it('each request of a session is checked by itself', async () => {
      const { listener, outcomes } = anApi(framework);
      const port = await serveTls(listener, { http2: true });
      const { key, cert } = ours;
      const session = connectHttp2(`https://127.0.0.1:${port}`, {
        key,
        cert,
        rejectUnauthorized: false,
      });
      onTestFinished(() => session.destroy());
      const statusOf = (token: string) =>
        new Promise((resolve, reject) => {
          const stream = session.request({ ':path': '/', authorization: `Bearer ${token}` });
          stream.on('response', (headers) => resolve(headers[':status']));
          stream.on('error', reject);
          stream.resume();
        });
      const statuses = await Promise.all([
        statusOf(boundTo(ours)),
        statusOf(boundTo(theirs)),
        statusOf(aUserToken()),
        statusOf(boundTo(ours)),
      ]);
      expect(statuses).toEqual([200, 401, 200, 200]);
      expect(outcomes.toSorted()).toEqual([
        'accepted mtls',
        'accepted mtls',
        'accepted none',
        'certificate_mismatch',
      ]);
    });
  },
);
