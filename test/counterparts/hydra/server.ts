import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../external-tool.ts';
import { freePort } from '../frame/free-port.ts';
import { goProgram } from '../frame/go-program.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';
import { startLogInApp } from './log-in-app.ts';

export const VERSION = 'v2.3.0';

const NEEDS = 'go (1.21 or later) and gcc';

/** Hydra does not compile without the replacement that its own `go.mod` has. */
const PROGRAM = {
  name: 'hydra',
  go: '1.24',
  source: 'github.com/ory/hydra/v2',
  version: VERSION,
  replacements: [
    'github.com/gobuffalo/pop/v6 => github.com/ory/pop/v6 v6.2.1-0.20241121111754-e5dfc0f3344b',
  ],
  tags: ['sqlite'],
  needs: NEEDS,
} as const;

/** A running Hydra with its log-in app. */
export interface Hydra {
  readonly issuer: string;
  /** The introspection endpoint at the admin port, which needs no authentication. */
  readonly introspectionEndpoint: string;
  /** Sends one request to the admin API, and returns the body of the answer. */
  admin(method: string, path: string, body?: unknown): Promise<unknown>;
}

/**
 * Starts Hydra (from the Go module proxy), with JWTs and a token hook, or with opaque tokens, its
 * default.
 */
export async function startHydra(bench: Workbench, tokens: 'jwt' | 'opaque'): Promise<Hydra> {
  const program = await goProgram(PROGRAM);
  const [port, adminPort] = [await freePort(), await freePort()];
  const [issuer, adminOrigin] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${adminPort}`];
  const admin = (method: string, path: string, body?: unknown) =>
    ask(`${adminOrigin}/admin${path}`, method, body);
  const app = await startLogInApp(bench, admin);
  const configuration = join(bench.folder, `hydra-${tokens}.json`);
  writeFileSync(
    configuration,
    JSON.stringify({
      serve: {
        public: { host: '127.0.0.1', port },
        admin: { host: '127.0.0.1', port: adminPort },
        cookies: { same_site_mode: 'Lax' },
      },
      urls: {
        self: { issuer },
        login: `${app}/login`,
        consent: `${app}/consent`,
        logout: `${app}/logout`,
      },
      secrets: { system: ['a secret of the trial, long enough'] },
      log: { level: 'warn' },
      ...(tokens === 'jwt' && {
        strategies: { access_token: 'jwt' },
        oauth2: {
          token_hook: { url: `${app}/token-hook` },
          allowed_top_level_claims: ['caller_type', 'sid'],
          mirror_top_level_claims: false,
        },
      }),
    }),
  );
  const env = { DSN: `sqlite://${join(bench.folder, `hydra-${tokens}.db`)}?_fk=true` };
  const migrate = ['migrate', 'sql', '-e', '--yes', '-c', configuration];
  await runTool([program, ...migrate], NEEDS, { env });
  await startServer(bench, {
    name: `hydra-${tokens}`,
    needs: NEEDS,
    command: [program, 'serve', 'all', '--dev', '--sqa-opt-out', '-c', configuration],
    env,
    isReady: async () => (await fetch(`${adminOrigin}/health/ready`)).ok,
  });
  return { issuer, introspectionEndpoint: `${adminOrigin}/admin/oauth2/introspect`, admin };
}

async function ask(url: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}
