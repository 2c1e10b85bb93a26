import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MissingToolError, runTool } from '../external-tool.ts';
import { freePort } from '../frame/free-port.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';
import { relyingParties } from './relying-parties.ts';

const NEEDS =
  "Debian's packages liblemonldap-ng-portal-perl, libplack-perl, libstring-random-perl and libio-string-perl";

const PORTAL = fileURLToPath(new URL('portal.psgi', import.meta.url));
const TEMPLATES = '/usr/share/lemonldap-ng/portal/templates';

/** Starts the LemonLDAP::NG of Debian with the people of its demonstration. Returns its issuer. */
export async function startLemonldap(bench: Workbench): Promise<string> {
  await checkModules();
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}/`;
  const folder = join(bench.folder, 'lemonldap');
  for (const name of ['conf', 'sessions', 'sessions-lock', 'cache']) {
    mkdirSync(join(folder, name), { recursive: true });
  }
  const configuration = JSON.stringify(configurationFor(issuer, folder));
  writeFileSync(join(folder, 'conf', 'lmConf-1.json'), configuration);
  const ini = join(folder, 'lemonldap-ng.ini');
  writeFileSync(ini, iniFor(folder));
  await startServer(bench, {
    name: 'lemonldap',
    needs: NEEDS,
    command: ['plackup', '--host', '127.0.0.1', '--port', String(port), PORTAL],
    env: { LLNG_DEFAULTCONFFILE: ini },
    isReady: async () => (await fetch(`${issuer}.well-known/openid-configuration`)).ok,
  });
  return issuer;
}

/** Perl is usually installed, but the modules may be missing. */
async function checkModules(): Promise<void> {
  const modules = ['-MLemonldap::NG::Portal::Issuer::OpenIDConnect', '-MPlack::Runner'];
  await runTool(['perl', ...modules, '-e', '1'], NEEDS).catch(() => {
    throw new MissingToolError(NEEDS);
  });
}

function iniFor(folder: string): string {
  return `
[all]
logLevel = error
[configuration]
type = File
dirName = ${folder}/conf
[portal]
staticPrefix = /static
templateDir = ${TEMPLATES}
languages = en
`;
}

function configurationFor(issuer: string, folder: string): object {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2_048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const sessions = {
    Directory: join(folder, 'sessions'),
    LockDirectory: join(folder, 'sessions-lock'),
    generateModule: 'Lemonldap::NG::Common::Apache::Session::Generate::SHA256',
  };
  return {
    cfgNum: 1,
    cfgAuthor: 'trial',
    cfgDate: '1',
    domain: '127.0.0.1',
    portal: issuer,
    key: 'a key of the trial',
    authentication: 'Demo',
    userDB: 'Same',
    passwordDB: 'Null',
    registerDB: 'Null',
    demoExportedVars: { cn: 'cn', mail: 'mail', uid: 'uid' },
    cookieName: 'lemonldap',
    securedCookie: 0,
    whatToTrace: '_whatToTrace',
    macros: { _whatToTrace: 'lc($_user)' },
    globalStorage: 'Apache::Session::File',
    globalStorageOptions: sessions,
    persistentStorage: 'Apache::Session::File',
    persistentStorageOptions: sessions,
    localSessionStorage: 'Cache::FileCache',
    localSessionStorageOptions: { namespace: 'sessions', cache_root: join(folder, 'cache') },
    locationRules: { '127.0.0.1': { default: 'accept' } },
    captcha: '::Captcha::None',
    issuerDBOpenIDConnectActivation: 1,
    issuerDBOpenIDConnectRule: 1,
    oidcServiceAllowAuthorizationCodeFlow: 1,
    oidcServicePrivateKeySig: privateKey,
    oidcServicePublicKeySig: publicKey,
    oidcServiceKeyIdSig: 'trial',
    ...relyingParties(),
  };
}
