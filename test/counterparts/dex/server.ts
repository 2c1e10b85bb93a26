import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cacheFolder, MissingToolError, runTool } from '../external-tool.ts';
import { freePort } from '../frame/free-port.ts';
import type { Registered } from '../frame/openid-login.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';

/** A commit of August 2026. The last release, 2.45.1, is older. */
export const VERSION = 'ab64ed7';

const SOURCE = 'DEX_SOURCE';

const NEEDS = `go (1.25 or later), and a checkout of github.com/dexidp/dex at ${VERSION} that ${SOURCE} names`;

export const WEB = registered('courierweb');
export const MACHINE = registered('nightlysync');
/** The API is registered as a client, too. Other clients may ask for tokens for it. */
export const API = registered('parcelsapi');
export const ELSEWHERE = registered('lettersapi');

/** Two people and their password. One of them has the id of a client. */
export const PEOPLE = { dana: 'a-person', twin: MACHINE.id } as const;
export const PASSWORD = 'password';

/** The bcrypt hash of that password, as the server wants it. */
const PASSWORD_HASH = '$2a$10$2b2cU8CPhOTaGrs1HRQuAueS7JTT5ZHsHSzYiFPm1leZck7Mc8T4W';

/** Builds Dex from its source and starts it with its data in memory. Returns its issuer. */
export async function startDex(bench: Workbench): Promise<string> {
  const named = process.env[SOURCE];
  const source = resolve(named ?? '');
  if (named === undefined || !existsSync(join(source, 'go.mod'))) throw new MissingToolError(NEEDS);
  const program = join(cacheFolder('dex'), 'dex');
  await runTool(['go', 'build', '-trimpath', '-o', program, './cmd/dex'], NEEDS, {
    cwd: source,
    env: { GOMODCACHE: cacheFolder('go-modules'), GOFLAGS: '-modcacherw', CGO_ENABLED: '0' },
  });
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  const configuration = join(bench.folder, 'dex.json');
  writeFileSync(configuration, JSON.stringify(configurationFor(issuer, port, source)));
  await startServer(bench, {
    name: 'dex',
    needs: NEEDS,
    command: [program, 'serve', configuration],
    isReady: async () => (await fetch(`${issuer}/.well-known/openid-configuration`)).ok,
  });
  return issuer;
}

function configurationFor(issuer: string, port: number, source: string): object {
  return {
    issuer,
    storage: { type: 'memory' },
    web: { http: `127.0.0.1:${port}` },
    frontend: { dir: join(source, 'web') },
    logger: { level: 'error' },
    oauth2: {
      skipApprovalScreen: true,
      grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
    },
    enablePasswordDB: true,
    staticPasswords: Object.entries(PEOPLE).map(([name, userID]) => ({
      email: `${name}@parcels.example`,
      username: name,
      userID,
      hash: PASSWORD_HASH,
    })),
    staticClients: [WEB, MACHINE, API, ELSEWHERE].map(({ id, secret }) => ({
      id,
      secret,
      name: id,
      redirectURIs: ['http://127.0.0.1:1/callback'],
      trustedPeers: [WEB.id, MACHINE.id],
    })),
  };
}

function registered(id: string): Registered {
  return { id, secret: `aSecretOf${id}` };
}
