import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateTestKey } from '@authly/testing';
import { sendByTls, serverCertificate } from '../../support/tls.ts';
import { freePort } from '../frame/free-port.ts';
import { goProgram } from '../frame/go-program.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';
import { STAGED_MODULES } from './staged-modules.ts';

export const VERSION = 'v1.37.2';

const NEEDS = 'go, 1.21 or later';

/** The release of its libraries. Its own `go.mod` names folders and no release. */
const LIBRARIES = VERSION.replace('v1', 'v0');

const API_SERVER = {
  name: 'kube-apiserver',
  go: '1.26.0',
  source: 'k8s.io/kubernetes/cmd/kube-apiserver',
  version: VERSION,
  replacements: STAGED_MODULES.map((name) => `${name} => ${name} ${LIBRARIES}`),
  needs: NEEDS,
} as const;

const ETCD = {
  name: 'etcd',
  go: '1.26.0',
  source: 'go.etcd.io/etcd/server/v3',
  version: 'v3.7.0',
  needs: NEEDS,
} as const;

const ADMIN_TOKEN = 'the-token-of-the-administrator';

/** The default issuer, which is the same in unrelated clusters. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';

/** A running API server without nodes. */
export interface ApiServer {
  readonly origin: string;
  /** The file with the certificate authority, as in a pod. */
  readonly caFile: string;
  /** Sends one request as the administrator, and returns the body of the answer. */
  post(path: string, body: object): Promise<unknown>;
}

/** Starts kube-apiserver and etcd (both from the Go module proxy). */
export async function startApiServer(bench: Workbench): Promise<ApiServer> {
  const programs = { etcd: await goProgram(ETCD), apiServer: await goProgram(API_SERVER) };
  const etcd = await startEtcd(bench, programs.etcd);
  const fileOf = (name: string, content: string) => {
    const file = join(bench.folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  const key = generateTestKey('RS256');
  const caFile = fileOf('tls.pem', serverCertificate.cert);
  const accounts = fileOf('accounts.key', pemOf(key.privateKey, 'pkcs8'));
  const port = await freePort();
  const origin = `https://127.0.0.1:${port}`;
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  await startServer(bench, {
    name: 'kube-apiserver',
    needs: NEEDS,
    command: [
      programs.apiServer,
      ...[`--etcd-servers=${etcd}`, '--bind-address=127.0.0.1', `--secure-port=${port}`],
      // The cluster has no nodes, so nothing uses this address.
      ...['--advertise-address=10.99.0.1', '--endpoint-reconciler-type=none'],
      ...['--service-cluster-ip-range=10.96.0.0/24', '--authorization-mode=RBAC'],
      `--tls-cert-file=${caFile}`,
      `--tls-private-key-file=${fileOf('tls.key', serverCertificate.key)}`,
      `--cert-dir=${join(bench.folder, 'certificates')}`,
      `--service-account-issuer=${ISSUER}`,
      `--service-account-signing-key-file=${accounts}`,
      `--service-account-key-file=${accounts}`,
      `--token-auth-file=${fileOf('tokens.csv', `${ADMIN_TOKEN},admin,admin,system:masters\n`)}`,
    ],
    isReady: async () => (await sendByTls(`${origin}/readyz`, { headers })).status === 200,
    readyWithinSec: 120,
  });
  return {
    origin,
    caFile,
    async post(path, json) {
      const answer = await sendByTls(`${origin}${path}`, { method: 'POST', headers, json });
      if (answer.status < 300) return answer.body;
      throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    },
  };
}

async function startEtcd(bench: Workbench, program: string): Promise<string> {
  const [client, peer] = [
    `http://127.0.0.1:${await freePort()}`,
    `http://127.0.0.1:${await freePort()}`,
  ];
  const data = join(bench.folder, 'etcd');
  mkdirSync(data, { mode: 0o700 });
  await startServer(bench, {
    name: 'etcd',
    needs: NEEDS,
    command: [
      ...[program, `--data-dir=${data}`, `--initial-cluster=default=${peer}`],
      ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
      ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`],
    ],
    isReady: async () => (await fetch(`${client}/health`)).ok,
  });
  return client;
}

function pemOf(key: ReturnType<typeof generateTestKey>['privateKey'], type: 'pkcs8'): string {
  return key.export({ type, format: 'pem' }).toString();
}
