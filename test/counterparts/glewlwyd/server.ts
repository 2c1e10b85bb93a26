import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool } from '../external-tool.ts';
import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';
import { freePort } from '../frame/free-port.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';
import { aSession, type Session } from './session.ts';

const NEEDS = 'the Debian packages glewlwyd and sqlite3: `apt-get install glewlwyd`';

/** Where Debian installs the server's modules and the SQL of its first tables. */
const MODULES = '/usr/lib/glewlwyd';
const TABLES = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';

/** The administrator's name and password in these tables. */
const ADMINISTRATOR = { username: 'admin', password: 'password' };

/** A running Glewlwyd with its plugin for OpenID Connect. */
export interface Glewlwyd {
  readonly issuer: string;
  /** The origin of the server's own API. */
  readonly api: string;
  readonly administrator: Session;
}

/** Starts the Glewlwyd of Debian with a new database. */
export async function startGlewlwyd(bench: Workbench): Promise<Glewlwyd> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const database = join(bench.folder, 'glewlwyd.sqlite3');
  await runTool(['sqlite3', database, `.read ${TABLES}`], NEEDS);
  const configuration = join(bench.folder, 'glewlwyd.conf');
  writeFileSync(configuration, configurationText({ port, origin, database }));
  await startServer(bench, {
    name: 'glewlwyd',
    needs: NEEDS,
    command: ['glewlwyd', `--config-file=${configuration}`],
    isReady: async () => (await fetch(`${origin}/config`)).ok,
  });
  const api = `${origin}/api`;
  const administrator = await aSession(api, ADMINISTRATOR);
  const issuer = `${api}/oidc`;
  await administrator.send('POST', '/mod/plugin/', pluginFor(issuer));
  return { issuer, api, administrator };
}

function configurationText(own: {
  readonly port: number;
  readonly origin: string;
  readonly database: string;
}): string {
  return `
port = ${own.port}
bind_address = "127.0.0.1"
external_url = "${own.origin}"
login_url = "login.html"
api_prefix = "api"
log_mode = "console"
log_level = "WARNING"
cookie_secure = false
session_expiration = 3600
session_key = "GLEWLWYD2_SESSION_ID"
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "${MODULES}/user"
client_module_path = "${MODULES}/client"
user_auth_scheme_module_path = "${MODULES}/scheme"
plugin_module_path = "${MODULES}/plugin"
hash_algorithm = "SHA512"
database = {
  type = "sqlite3"
  path = "${own.database}"
}
`;
}

/**
 * The settings of the plugin, as docs/presets/glewlwyd.md says: `iss` is the URL of its metadata,
 * and the scope belongs to the API.
 */
function pluginFor(issuer: string): object {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const on = (...names: readonly string[]) => Object.fromEntries(names.map((name) => [name, true]));
  return {
    module: 'oidc',
    name: 'oidc',
    display_name: 'OpenID Connect',
    parameters: {
      iss: issuer,
      'jwt-type': 'rsa',
      'jwt-key-size': '256',
      key: privateKey,
      cert: publicKey,
      'access-token-duration': 3_600,
      'refresh-token-duration': 86_400,
      'code-duration': 600,
      'resource-scope': { [SCOPE]: [AUDIENCE, `${AUDIENCE}/letters`] },
      'oauth-dpop-iat-duration': 60,
      'session-cookie-name': 'GLEWLWYD2_OIDC_SID',
      'session-cookie-expiration': 3_600,
      ...on(
        'allow-non-oidc',
        'auth-type-code-enabled',
        'auth-type-client-enabled',
        'auth-type-password-enabled',
        'auth-type-refresh-enabled',
        'refresh-token-rolling',
        'pkce-allowed',
        'resource-allowed',
        'oauth-dpop-allowed',
        'introspection-revocation-allowed',
        'introspection-revocation-allow-target-client',
        'session-management-allowed',
        'back-channel-logout-allowed',
      ),
    },
  };
}
