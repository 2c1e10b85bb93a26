import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestCertificate, testCertificate } from '@authly/testing';
import { serverCertificate } from '../../support/tls.ts';
import { runTool } from '../external-tool.ts';
import { freePort } from '../frame/free-port.ts';
import { textIn } from '../frame/json-members.ts';
import { JAVA, mavenDistribution } from '../frame/maven-distribution.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';

export const VERSION = '26.7.3';

const ADMIN = { name: 'admin', password: 'a-password-of-the-administrator' };

/** At the first start the server builds its own code, which takes minutes on a slow machine. */
const READY_WITHIN_SEC = 600;

/** A running Keycloak. */
export interface Keycloak {
  readonly origin: string;
  /**
   * The same server with TLS, where it asks for client certificates. Issuers have the other origin.
   */
  readonly tlsOrigin: string;
  /** Issues client certificates that the server accepts. */
  readonly authority: TestCertificate;
  /** Sends one request to the admin API, and returns the body of the answer. */
  admin(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** Starts Keycloak (from Maven Central). It keeps no data from one run to the next. */
export async function startKeycloak(bench: Workbench): Promise<Keycloak> {
  const distribution = await mavenDistribution(
    'keycloak',
    `org.keycloak:keycloak-quarkus-dist:${VERSION}:zip`,
  );
  await runTool(['java', '-version'], JAVA);
  const authority = await testCertificate({ commonName: 'an authority of a test' });
  const files = {
    certificate: fileOf(bench, 'server.pem', serverCertificate.cert),
    key: fileOf(bench, 'server.key', serverCertificate.key),
    authority: fileOf(bench, 'authority.pem', authority.cert),
  };
  const [port, tlsPort, managementPort] = [await freePort(), await freePort(), await freePort()];
  const origin = `http://127.0.0.1:${port}`;
  await startServer(bench, {
    name: 'keycloak',
    needs: JAVA,
    command: [
      ...['bash', 'bin/kc.sh', 'start-dev', '--db=dev-mem', '--features=ssf'],
      ...['--http-host=127.0.0.1', `--http-port=${port}`, `--hostname=${origin}`],
      ...[`--https-port=${tlsPort}`, `--http-management-port=${managementPort}`],
      ...[`--https-certificate-file=${files.certificate}`],
      ...[`--https-certificate-key-file=${files.key}`, '--https-client-auth=request'],
      ...[`--https-trust-store-file=${files.authority}`],
      // Allows security events to http on loopback, and sends them soon.
      '--spi-ssf-transmitter--default--allow-insecure-push-targets=true',
      '--spi-ssf-transmitter--default--outbox-drainer-interval=1s',
    ],
    cwd: join(distribution, `keycloak-${VERSION}`),
    env: {
      JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.name,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    },
    isReady: async () => (await fetch(`${origin}/realms/master`)).ok,
    readyWithinSec: READY_WITHIN_SEC,
  });
  return {
    origin,
    tlsOrigin: `https://127.0.0.1:${tlsPort}`,
    authority,
    admin: (method, path, body) => askAdmin(origin, method, path, body),
  };
}

async function askAdmin(
  origin: string,
  method: string,
  path: string,
  body: unknown,
): Promise<unknown> {
  const signIn = await fetch(`${origin}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: ADMIN.name,
      password: ADMIN.password,
    }),
  });
  const token = textIn(await signIn.json(), 'access_token');
  const response = await fetch(`${origin}/admin/realms${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

function fileOf(bench: Workbench, name: string, content: string): string {
  const file = join(bench.folder, name);
  writeFileSync(file, content, { mode: 0o600 });
  return file;
}
