import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestCertificate } from '@authly/testing';
import { fetchByTls, serverCertificate } from '../../support/tls.ts';
import { runTool } from '../external-tool.ts';
import { AUDIENCE } from '../frame/api-under-test.ts';
import { freePort } from '../frame/free-port.ts';
import { goProgram } from '../frame/go-program.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';

export const VERSION = 'v1.13.3';

const NEEDS = 'go (1.21 or later) and gcc';

const PROGRAM = {
  name: 'spire-server',
  go: '1.25',
  source: 'github.com/spiffe/spire/cmd/spire-server',
  version: VERSION,
  needs: NEEDS,
} as const;

/** The options of a server. */
export interface SpireOptions {
  readonly trustDomain: string;
  /** The `iss` of its tokens. By default they have none. */
  readonly jwtIssuer?: string;
}

/** A running SPIRE server. */
export interface Spire {
  /** Its bundle endpoint, with the profile `https_web`. */
  readonly bundle: string;
  /** Makes a JWT-SVID of a workload, such as `/nightly`. */
  mint(path: string, audience?: string): Promise<string>;
  /** Makes an X.509-SVID of a workload, with its chain and a new key. */
  mintCertificate(path: string): Promise<TestCertificate>;
  /** Makes a new key and signs with it from now on. */
  rotate(): Promise<void>;
}

/**
 * Starts a SPIRE server (from the Go module proxy) without an agent. The server mints JWT-SVIDs
 * itself.
 */
export async function startSpire(
  bench: Workbench,
  { trustDomain, jwtIssuer }: SpireOptions,
): Promise<Spire> {
  const program = await goProgram(PROGRAM);
  const folder = join(bench.folder, trustDomain);
  mkdirSync(folder);
  const [port, bundlePort] = [await freePort(), await freePort()];
  const bundle = `https://127.0.0.1:${bundlePort}/`;
  writeFileSync(join(folder, 'tls.pem'), serverCertificate.cert);
  writeFileSync(join(folder, 'tls.key'), serverCertificate.key, { mode: 0o600 });
  const issuer = jwtIssuer === undefined ? '' : `jwt_issuer = "${jwtIssuer}"`;
  writeFileSync(
    join(folder, 'server.conf'),
    `server {
  bind_address = "127.0.0.1"
  bind_port = "${port}"
  socket_path = "api.sock"
  trust_domain = "${trustDomain}"
  data_dir = "data"
  log_level = "WARN"
  ${issuer}
  federation {
    bundle_endpoint {
      address = "127.0.0.1"
      port = ${bundlePort}
      profile "https_web" {
        serving_cert_file {
          cert_file_path = "tls.pem"
          key_file_path = "tls.key"
          file_sync_interval = "1h"
        }
      }
    }
  }
}
plugins {
  DataStore "sql" {
    plugin_data {
      database_type = "sqlite3"
      connection_string = "data/datastore.sqlite3"
    }
  }
  KeyManager "memory" { plugin_data {} }
  NodeAttestor "join_token" { plugin_data {} }
}
`,
  );
  mkdirSync(join(folder, 'data'));
  await startServer(bench, {
    name: trustDomain,
    needs: NEEDS,
    command: [program, 'run', '-config', 'server.conf'],
    cwd: folder,
    isReady: async () => (await fetchByTls(bundle)).ok,
  });
  const run = (...args: readonly string[]) =>
    runTool([program, ...args, '-socketPath', 'api.sock'], NEEDS, { cwd: folder });
  return {
    bundle,
    async mint(path, audience = AUDIENCE) {
      const id = `spiffe://${trustDomain}${path}`;
      return (await run('jwt', 'mint', '-spiffeID', id, '-audience', audience)).trim();
    },
    async mintCertificate(path) {
      const target = join(folder, 'svid');
      mkdirSync(target, { recursive: true });
      await run('x509', 'mint', '-spiffeID', `spiffe://${trustDomain}${path}`, '-write', target);
      const [cert, key] = ['svid.pem', 'key.pem'].map((name) =>
        readFileSync(join(target, name), 'utf8'),
      );
      if (cert === undefined || key === undefined) throw new Error('No X.509-SVID was written.');
      const der = new X509Certificate(cert).raw;
      const thumbprint = createHash('sha256').update(der).digest('base64url');
      return { cert, key, der, thumbprint };
    },
    async rotate() {
      const prepared = await run('localauthority', 'jwt', 'prepare');
      const id = /Authority ID:\s*(\S+)/.exec(prepared)?.[1];
      if (id === undefined) throw new Error(`No new key: ${prepared}`);
      await run('localauthority', 'jwt', 'activate', '-authorityID', id);
    },
  };
}
