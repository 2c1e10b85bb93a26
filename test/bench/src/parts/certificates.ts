import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:tls';
import {
  type CertificateFormat,
  createResourceServer,
  headerCertificate,
  type MtlsOptions,
  nodeRequestView,
  type ResourceServer,
  socketCertificate,
} from '@authly/core';
import { rfc9068 } from '@authly/core/providers';
import { testCertificate } from '@authly/testing';
import type { Contender } from '../harness/contender.ts';
import { type Costs, runRounds } from '../harness/rounds.ts';
import { differences, type Summary, summarize } from '../harness/statistics.ts';
import { atMost, type Findings } from '../report/report.ts';
import { corpusOf } from '../tokens/corpus.ts';
import { realisticTokens } from '../tokens/realistic-token.ts';
import { openTarget, type Target } from '../tokens/target.ts';
import type { Scale } from './scale.ts';

/** More certificates than are remembered, so that each one has to be decoded again. */
const CERTIFICATES = 1_500;
const SEEN = 100;
/** Bytes of a certificate with an elliptic key and some names. */
const CERTIFICATE_BYTES = 700;
const ROUNDS = 21;
const TURN_MS = 10;

const NONE = 'a token that is not bound, no mtls';
const UNBOUND = 'a token that is not bound, mtls';
const SOCKET = 'the certificate of a kept connection';
const SEEN_HEADER = 'a header that was seen before, RFC 9440';
const NEW_HEADER = 'a new header, RFC 9440';
const NEW_PEM = 'a new header, nginx';

/** What a token that is bound to a client certificate costs in addition to one that is not. */
export async function certificates(scale: Scale): Promise<Findings> {
  const { key, target, close } = await openTarget('ES256');
  const connection = await openConnection();
  const open: ResourceServer[] = [];
  const serverWith = async (mtls?: MtlsOptions) => {
    const server = await serverOf(target, mtls);
    open.push(server);
    return server;
  };
  const boundTo = (thumbprint: string) =>
    realisticTokens(key, 1, { cnf: { 'x5t#S256': thumbprint } })[0] ?? '';
  const ders = Array.from({ length: scale.size(CERTIFICATES) }, aSequence);
  const tokens = corpusOf(ders.map((der) => boundTo(thumbprintOf(der))));
  const seen = corpusOf(ders.slice(0, SEEN).map((der) => boundTo(thumbprintOf(der))));
  const unbound = corpusOf(realisticTokens(key, SEEN));
  const onSocket = { certificate: socketCertificate() };

  const contender = async (
    name: string,
    mtls: MtlsOptions | undefined,
    corpus: ReturnType<typeof corpusOf>,
    headers: readonly (readonly [string, string])[] = [],
  ): Promise<Contender> => {
    const server = await serverWith(mtls);
    const { socket } = connection;
    const verify = (token: string, index: number) => {
      const rawHeaders = ['Host', 'api.example.com', 'Authorization', `Bearer ${token}`];
      rawHeaders.push(...(headers[index % headers.length] ?? []));
      return server.authenticate(nodeRequestView({ method: 'GET', rawHeaders, socket }, '/'));
    };
    // Verifies every token once, because signatures are not what is measured here.
    for (let index = 0; index < corpus.size; index++) await verify(corpus.fresh(index), index);
    return { name, corpus, verify };
  };
  const fromProxy = (format: CertificateFormat) => ({
    certificate: headerCertificate({ format, proxies: ['127.0.0.1'] }),
  });
  const rfc9440 = ders.map((der) => ['Client-Cert', `:${der.toString('base64')}:`] as const);
  const nginx = ders.map((der) => ['X-Client-Cert', encodeURIComponent(pemOf(der))] as const);
  const own = corpusOf([boundTo(connection.thumbprint)]);

  const costs = await runRounds(
    [
      await contender(NONE, undefined, unbound),
      await contender(UNBOUND, onSocket, unbound),
      await contender(SOCKET, onSocket, own),
      await contender(SEEN_HEADER, fromProxy('rfc9440'), seen, rfc9440.slice(0, SEEN)),
      await contender(NEW_HEADER, fromProxy('rfc9440'), tokens, rfc9440),
      await contender(NEW_PEM, fromProxy('nginx'), tokens, nginx),
    ],
    unbound,
    { rounds: scale.rounds(ROUNDS), turnMs: TURN_MS, inFlight: 1 },
  );
  for (const server of open) server.close();
  connection.close();
  close();
  return conclude(costs);
}

async function serverOf({ issuer, jwksUri, audience }: Target, mtls?: MtlsOptions) {
  const server = createResourceServer({
    issuer: rfc9068({ issuer, jwksUri }),
    audience,
    ...(mtls && { mtls }),
  });
  await server.ready();
  return server;
}

/** A TLS connection with a client certificate, as the server sees it. */
async function openConnection(): Promise<{
  readonly socket: Socket;
  readonly thumbprint: string;
  close(): void;
}> {
  const [{ cert, key }, client] = [await testCertificate(), await testCertificate()];
  const server = createServer({ cert, key, requestCert: true, rejectUnauthorized: false });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const secured = once(server, 'secureConnection');
  const { port } = server.address() as AddressInfo;
  const own = connect({
    port,
    host: '127.0.0.1',
    rejectUnauthorized: false,
    cert: client.cert,
    key: client.key,
  });
  const [socket] = (await secured) as [Socket];
  return {
    socket,
    thumbprint: client.thumbprint,
    close() {
      own.destroy();
      server.close();
    },
  };
}

/** Bytes that begin like a certificate. Nothing looks at the rest. */
function aSequence(): Buffer {
  const header = Buffer.from([0x30, 0x82, CERTIFICATE_BYTES >> 8, CERTIFICATE_BYTES & 0xff]);
  return Buffer.concat([header, randomBytes(CERTIFICATE_BYTES)]);
}

function thumbprintOf(der: Buffer): string {
  return createHash('sha256').update(der).digest('base64url');
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

type CostsByName = ReadonlyMap<string, Costs>;

function conclude(costs: CostsByName): Findings {
  return {
    tables: [
      {
        title: 'Requests with a client certificate',
        note: '`authenticate(view)` with tokens that were seen before, on a TLS connection.',
        columns: ['', 'CPU µs', 'beyond a token that is not bound'],
        rows: [...costs.keys()].map((name) => [
          name,
          summarize(costs.get(name)?.cpuUs ?? []),
          beyond(costs, name),
        ]),
      },
    ],
    goals: [
      atMost(`${UNBOUND}, beyond no mtls`, beyond(costs, UNBOUND), 0.1, 'µs'),
      atMost(`${SOCKET}, beyond no mtls`, beyond(costs, SOCKET), 1, 'µs'),
      ...[SEEN_HEADER, NEW_HEADER, NEW_PEM].map((name) =>
        atMost(`${name}, beyond no mtls`, beyond(costs, name), 10, 'µs'),
      ),
    ],
    charts: [],
  };
}

/** The difference round by round, so that other work of the machine affects both. */
function beyond(costs: CostsByName, name: string): Summary {
  return summarize(differences(costs.get(name)?.cpuUs ?? [], costs.get(NONE)?.cpuUs ?? []));
}
