import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type TestCertificate, testCertificate } from '@authly/testing';
import { sendByTls, serverCertificate } from '../../support/tls.ts';
import { freePort } from '../frame/free-port.ts';
import { JAVA } from '../frame/maven-distribution.ts';
import { mavenProject } from '../frame/maven-project.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';

export const VERSION = '7.0.6 (Spring Boot 4.0.7)';

const PROJECT = fileURLToPath(new URL('project/', import.meta.url));

const READY_WITHIN_SEC = 180;

/** Starts Spring Authorization Server (from Maven Central). Returns its issuer. */
export async function startSpring(bench: Workbench): Promise<string> {
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  await start(bench, 'spring', port, issuer, async () => (await fetch(`${issuer}/login`)).ok);
  return issuer;
}

/** The same server with TLS, where it asks for client certificates. */
export interface TlsSpring {
  readonly issuer: string;
  /** Issues client certificates that the server accepts. */
  readonly authority: TestCertificate;
}

/** Starts another server, with TLS. */
export async function startTlsSpring(bench: Workbench): Promise<TlsSpring> {
  const authority = await testCertificate({ commonName: 'an authority of a test' });
  const fileOf = (name: string, content: string) => {
    const file = join(bench.folder, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  };
  const port = await freePort();
  const issuer = `https://127.0.0.1:${port}`;
  await start(
    bench,
    'spring-tls',
    port,
    issuer,
    async () => (await sendByTls(`${issuer}/login`)).status === 200,
    [
      `--server.ssl.certificate=${fileOf('server.pem', serverCertificate.cert)}`,
      `--server.ssl.certificate-private-key=${fileOf('server.key', serverCertificate.key)}`,
      `--server.ssl.trust-certificate=${fileOf('authority.pem', authority.cert)}`,
      '--server.ssl.client-auth=want',
    ],
  );
  return { issuer, authority };
}

async function start(
  bench: Workbench,
  name: string,
  port: number,
  issuer: string,
  isReady: () => Promise<boolean>,
  more: readonly string[] = [],
): Promise<void> {
  const jar = await mavenProject('spring', PROJECT);
  await startServer(bench, {
    name,
    needs: JAVA,
    command: [
      ...['java', '-Xmx384m', '-XX:TieredStopAtLevel=1', '-jar', jar],
      ...['--server.address=127.0.0.1', `--server.port=${port}`, '--logging.level.root=warn'],
      `--spring.security.oauth2.authorizationserver.issuer=${issuer}`,
      ...more,
    ],
    isReady,
    readyWithinSec: READY_WITHIN_SEC,
  });
}
