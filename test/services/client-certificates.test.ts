import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { AuthEvent, MtlsOptions } from '@authly/core';
import { type TestCertificate, testCertificate } from '@authly/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type TlsWireOptions, tlsWire } from '../security/support/tls-wire.ts';
import { type Wire, type WireHeader, wireOver } from '../security/support/wire.ts';
import { type Framework, frameworks } from '../support/frameworks.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { listening } from '../support/tls.ts';
import { aUserToken } from '../support/tokens.ts';
import {
  fromProxy,
  PROXY_ADDRESS,
  type TlsProxy,
  tlsProxies,
  type Upstream,
} from './support/tls-proxies.ts';

// The API accepts tokens that are bound to certificates. Real proxies end TLS before it. Attackers
// send requests through the proxy, and directly to the API.

const ours = await testCertificate();
const theirs = await testCertificate();
const boundTo = (certificate: TestCertificate) => aUserToken({}, { boundTo: certificate });
const bearer = (token: string): WireHeader => ['authorization', `Bearer ${token}`];
const OURS: readonly WireHeader[] = [bearer(boundTo(ours))];
const THEIRS: readonly WireHeader[] = [bearer(boundTo(theirs))];

/** An API that records the result of each request. */
function anApi(framework: Framework, mtls: MtlsOptions) {
  const outcomes: string[] = [];
  const onEvent = (event: AuthEvent) => {
    if (event.type === 'request.authenticated') outcomes.push(`accepted ${event.binding}`);
    if (event.type === 'request.refused') outcomes.push(event.reason);
  };
  const server = aResourceServer({ mtls, onEvent });
  const app = framework.createApp(({ use, route }) => {
    use(framework.authenticate(server));
    route('/', () => 'in');
  });
  return {
    server: createServer(app.listener),
    outcomes,
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

async function proxyTo(proxy: TlsProxy, upstream: Upstream) {
  const { socketPath, stop } = await proxy.start(upstream);
  onTestFinished(stop);
  return {
    socketPath,
    open: (options: Omit<TlsWireOptions, 'port' | 'path'> = {}) =>
      tlsWire({ path: socketPath, ...options }),
  };
}

/** The API on a port, with the proxy before it. */
async function behind(framework: Framework, proxy: TlsProxy, host = '127.0.0.1') {
  const api = anApi(framework, fromProxy(proxy, PROXY_ADDRESS, '10.0.0.0/8', 'unix'));
  const port = await listening(api.server, { host });
  return { ...api, port, ...(await proxyTo(proxy, { port })) };
}

function around(port: number, localAddress = '127.0.0.1'): Wire {
  const wire = wireOver(() => connect({ port, host: '127.0.0.1', localAddress }));
  onTestFinished(() => wire.close());
  return wire;
}

describe.each(tlsProxies)('behind $name', (proxy) => {
  describe.runIf(proxy.program !== undefined).each(frameworks)('$name', (framework) => {
    const header = (certificate: TestCertificate, name = proxy.header): WireHeader => [
      name,
      proxy.valueOf(certificate),
    ];

    it('a token is accepted only from the client that has its certificate', async () => {
      const { open, outcomesOf } = await behind(framework, proxy);
      expect(await outcomesOf(await open({ certificate: ours }), OURS)).toEqual(['accepted mtls']);
      expect(await outcomesOf(await open({ certificate: theirs }), OURS)).toEqual([
        'certificate_mismatch',
      ]);
      expect(await outcomesOf(await open(), OURS)).toEqual(['certificate_missing']);
    });

    it('a certificate header that the client wrote itself does not reach the API, even if it looks genuine', async () => {
      const { open, outcomesOf } = await behind(framework, proxy);
      const forged: readonly (readonly WireHeader[])[] = [
        [header(ours)],
        [header(ours, proxy.header.toLowerCase())],
        [header(ours, proxy.header.toUpperCase())],
        [header(ours), header(ours)],
        [header(theirs), header(ours)],
        [header(ours, proxy.header.replaceAll('-', '_'))],
        [header(ours), ['connection', `close, ${proxy.header}`]],
        [header(ours), ['x-forwarded-for', PROXY_ADDRESS], ['forwarded', `for=${PROXY_ADDRESS}`]],
      ];
      for (const headers of forged) {
        expect(await outcomesOf(await open(), [...OURS, ...headers])).toEqual([
          'certificate_missing',
        ]);
        // Also not if the attacker has another certificate.
        const wire = await open({ certificate: theirs });
        expect(await outcomesOf(wire, [...OURS, ...headers])).not.toContain('accepted mtls');
      }
    });

    it('a certificate header of a request that bypasses the proxy is not trusted', async () => {
      const { port, outcomesOf } = await behind(framework, proxy);
      const request = [...OURS, header(ours)];
      expect(await outcomesOf(around(port), request)).toEqual(['certificate_missing']);
      expect(await outcomesOf(around(port, '127.9.1.2'), request)).toEqual(['certificate_missing']);
      // This shows that the test can fail: from the address of the proxy, the header is trusted.
      expect(await outcomesOf(around(port, PROXY_ADDRESS), request)).toEqual(['accepted mtls']);
    });

    it('a server for IPv6 and IPv4 recognizes the proxy by its IPv4 address', async () => {
      const { open, outcomesOf, port } = await behind(framework, proxy, '::');
      expect(await outcomesOf(await open({ certificate: ours }), OURS)).toEqual(['accepted mtls']);
      expect(await outcomesOf(around(port), [...OURS, header(ours)])).toEqual([
        'certificate_missing',
      ]);
    });

    it('connections that are reset at once get nobody admitted', async () => {
      const { port, outcomes } = await behind(framework, proxy);
      const [name, value] = header(ours);
      const request = `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${boundTo(ours)}\r\n${name}: ${value}\r\n\r\n`;
      await Promise.all(
        Array.from({ length: 50 }, async () => {
          const socket = connect(port, '127.0.0.1');
          socket.on('error', () => {});
          await new Promise<void>((resolve) => {
            socket.write(request.repeat(3), () => {
              socket.resetAndDestroy();
              resolve();
            });
          });
        }),
      );
      // An honest request comes last. When it is answered, all earlier requests were decided.
      await around(port).send({ headers: OURS });
      expect(outcomes.length).toBeGreaterThan(0);
      expect(new Set(outcomes)).toEqual(new Set(['certificate_missing']));
    });

    it('over a Unix domain socket the proxy is trusted only if the options name `unix`', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'authly-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      for (const [mtls, outcome] of [
        [fromProxy(proxy, 'unix'), 'accepted mtls'],
        [fromProxy(proxy, PROXY_ADDRESS, '10.0.0.0/8'), 'certificate_missing'],
      ] as const) {
        const path = join(folder, outcome.replace(' ', '-'));
        const { server, outcomesOf } = anApi(framework, mtls);
        await listening(server, { path });
        const { open } = await proxyTo(proxy, { path });
        expect(await outcomesOf(await open({ certificate: ours }), OURS)).toEqual([outcome]);
        const forged = [...OURS, header(ours)];
        expect(await outcomesOf(await open(), forged)).toEqual(['certificate_missing']);
      }
    });

    it.each(['TLSv1.2', 'TLSv1.3'] as const)(
      'a resumed TLS session has the certificate of its first handshake, or none: %s',
      async (version) => {
        const { open, outcomesOf } = await behind(framework, proxy);
        const sessionOf = async (certificate?: TestCertificate) => {
          const wire = await open({ certificate, version });
          await wire.send({ headers: [bearer(aUserToken())] });
          return wire.session();
        };
        const resume = async (session: Buffer, certificate?: TestCertificate) => {
          const wire = await open({ certificate, version, session });
          expect(wire.isResumed()).toBe(true);
          return outcomesOf(wire, OURS, THEIRS);
        };
        expect(await resume(await sessionOf())).toEqual([
          'certificate_missing',
          'certificate_missing',
        ]);
        const first = ['accepted mtls', 'certificate_mismatch'];
        expect(await resume(await sessionOf(ours), ours)).toEqual(first);
        expect(await resume(await sessionOf(ours), theirs)).toEqual(first);
        expect(await resume(await sessionOf(ours))).toEqual(first);
      },
    );

    it('each request of a kept-alive connection is checked by itself, also if the proxy sends several clients over one connection', async () => {
      const { open, outcomesOf } = await behind(framework, proxy);
      const one = await open({ certificate: ours });
      expect(await outcomesOf(one, OURS, THEIRS, OURS)).toEqual([
        'accepted mtls',
        'certificate_mismatch',
        'accepted mtls',
      ]);
      // The proxy may send the requests of several clients over one connection.
      const other = await open({ certificate: theirs });
      const nobody = await open();
      for (let round = 0; round < 3; round++) {
        expect(await outcomesOf(one, OURS)).toEqual(['accepted mtls']);
        expect(await outcomesOf(other, OURS, THEIRS)).toEqual([
          'certificate_mismatch',
          'accepted mtls',
        ]);
        expect(await outcomesOf(nobody, OURS)).toEqual(['certificate_missing']);
      }
    });

    it('over HTTP/2 each request is checked by itself', async () => {
      const { socketPath, outcomes } = await behind(framework, proxy);
      const { key, cert } = ours;
      const session = connectHttp2('https://localhost', {
        createConnection: () =>
          connectTls({
            path: socketPath,
            key,
            cert,
            rejectUnauthorized: false,
            ALPNProtocols: ['h2'],
          }),
      });
      onTestFinished(() => session.destroy());
      const statusOf = (token: string, extra: Readonly<Record<string, string>> = {}) =>
        new Promise((resolve, reject) => {
          const headers = { ':path': '/', authorization: `Bearer ${token}`, ...extra };
          const stream = session.request(headers);
          stream.on('response', (answer) => resolve(answer[':status']));
          stream.on('error', reject);
          stream.resume();
        });
      const statuses = await Promise.all([
        statusOf(boundTo(ours)),
        statusOf(boundTo(theirs)),
        statusOf(boundTo(theirs), { [proxy.header.toLowerCase()]: proxy.valueOf(theirs) }),
        statusOf(boundTo(ours)),
      ]);
      expect(statuses).toEqual([200, 401, 401, 200]);
      expect(outcomes.filter((each) => each === 'accepted mtls')).toHaveLength(2);
    });
  });
});
