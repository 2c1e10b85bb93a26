import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { generateTestKey } from '@authly/testing';
import { cacheFolder, MissingToolError, runTool } from '../external-tool.ts';
import { freePort } from '../frame/free-port.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';
import { startGateway } from './gateway.ts';
import { startPostgres } from './postgres.ts';

export const VERSION = 'v2.196.0';

const SOURCE = 'SUPABASE_AUTH_SOURCE';

const NEEDS = `go (1.26 or later), and a checkout of github.com/supabase/auth, ${VERSION}, that ${SOURCE} names`;

/** The older secret of the project. Its keys `anon` and `service_role` are signed with it. */
export const PROJECT_SECRET = 'an older secret of the project, long enough';

const OWNER = 'supabase_auth_admin';

/** What the database of a project contains before the server creates its tables. */
const DATABASE = `
  CREATE USER supabase_admin LOGIN CREATEROLE CREATEDB REPLICATION BYPASSRLS;
  CREATE USER ${OWNER} NOINHERIT CREATEROLE LOGIN;
  CREATE SCHEMA auth AUTHORIZATION ${OWNER};
  GRANT CREATE ON DATABASE postgres TO ${OWNER};
  ALTER USER ${OWNER} SET search_path = auth;`;

/** Starts Supabase Auth with asymmetric keys and its OAuth server. Returns the issuer. */
export async function startSupabase(bench: Workbench): Promise<string> {
  // The Go module proxy cannot serve its versions, since the name of its module does not end in
  // /v2.
  const named = process.env[SOURCE];
  const source = resolve(named ?? '');
  if (named === undefined || !existsSync(join(source, 'go.mod'))) throw new MissingToolError(NEEDS);
  const program = join(cacheFolder('supabase'), 'auth');
  await runTool(['go', 'build', '-trimpath', '-o', program, '.'], NEEDS, {
    cwd: source,
    env: { GOMODCACHE: cacheFolder('go-modules'), GOFLAGS: '-modcacherw' },
  });
  const gateway = await startGateway(bench);
  const port = await freePort();
  gateway.to(port);
  const issuer = `${gateway.origin}/auth/v1`;
  const env = await environmentFor(bench, issuer, port);
  await runTool([program, 'migrate'], NEEDS, { cwd: source, env });
  await startServer(bench, {
    name: 'supabase',
    needs: NEEDS,
    command: [program, 'serve'],
    cwd: source,
    env,
    isReady: async () => (await fetch(`${issuer}/health`)).ok,
  });
  return issuer;
}

async function environmentFor(
  bench: Workbench,
  issuer: string,
  port: number,
): Promise<Readonly<Record<string, string>>> {
  const { privateJwk } = generateTestKey('ES256', 'project-key');
  const secret = {
    kty: 'oct',
    kid: 'older',
    alg: 'HS256',
    k: Buffer.from(PROJECT_SECRET).toString('base64url'),
    key_ops: ['verify'],
  };
  const { use: _use, ...signing } = privateJwk;
  const address = await startPostgres(bench, { user: OWNER, statement: DATABASE });
  return {
    GOTRUE_DB_DRIVER: 'postgres',
    DATABASE_URL: address,
    DB_NAMESPACE: 'auth',
    GOTRUE_API_HOST: '127.0.0.1',
    PORT: String(port),
    API_EXTERNAL_URL: issuer,
    GOTRUE_SITE_URL: 'http://127.0.0.1:1',
    GOTRUE_JWT_ISSUER: issuer,
    GOTRUE_JWT_AUD: 'authenticated',
    GOTRUE_JWT_DEFAULT_GROUP_NAME: 'authenticated',
    GOTRUE_JWT_ADMIN_ROLES: 'supabase_admin,service_role',
    GOTRUE_JWT_EXP: '3600',
    GOTRUE_JWT_SECRET: PROJECT_SECRET,
    GOTRUE_JWT_KEYS: JSON.stringify([{ ...signing, key_ops: ['sign'] }, secret]),
    GOTRUE_JWT_VALID_METHODS: 'HS256,ES256',
    GOTRUE_MAILER_AUTOCONFIRM: 'true',
    GOTRUE_EXTERNAL_EMAIL_ENABLED: 'true',
    GOTRUE_EXTERNAL_ANONYMOUS_USERS_ENABLED: 'true',
    GOTRUE_OAUTH_SERVER_ENABLED: 'true',
    GOTRUE_OAUTH_SERVER_AUTHORIZATION_PATH: '/consent',
    GOTRUE_LOG_LEVEL: 'warn',
  };
}
