import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateTestKey } from '@authly/testing';
import { freePort } from '../frame/free-port.ts';
import { PYTHON, pythonEnvironment } from '../frame/python-environment.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';

export const VERSION = '3.4.1';

const PACKAGES = [`django-oauth-toolkit==${VERSION}`, 'Django==5.2.19'];
const PROJECT = fileURLToPath(new URL('project/', import.meta.url));

/** Starts Django with Django OAuth Toolkit (from PyPI). Returns its issuer. */
export async function startDjango(bench: Workbench): Promise<string> {
  const python = await pythonEnvironment('django', PACKAGES);
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}/o`;
  const key = join(bench.folder, 'openid.pem');
  writeFileSync(key, generateTestKey('RS256').privateKey.export({ type: 'pkcs8', format: 'pem' }));
  await startServer(bench, {
    name: 'django',
    needs: PYTHON,
    command: [python, '-B', 'serve.py', String(port)],
    cwd: PROJECT,
    env: {
      COUNTERPART_DATABASE: join(bench.folder, 'database.sqlite3'),
      COUNTERPART_KEY: key,
      COUNTERPART_ISSUER: issuer,
    },
    isReady: async () => (await fetch(`${issuer}/.well-known/openid-configuration`)).ok,
    readyWithinSec: 120,
  });
  return issuer;
}
