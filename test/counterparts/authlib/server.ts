import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { AUDIENCE } from '../frame/api-under-test.ts';
import { freePort } from '../frame/free-port.ts';
import { PYTHON, pythonEnvironment } from '../frame/python-environment.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';

export const VERSION = '1.9.10';

const PACKAGES = [`Authlib==${VERSION}`, 'joserfc==1.8.0', 'Flask==3.1.3', 'cryptography==50.0.2'];
const PROGRAM = fileURLToPath(new URL('serve.py', import.meta.url));
const PAGE = new URL('../../../docs/presets/authlib.md', import.meta.url);

/** Starts a server that is built with Authlib (from PyPI). Returns its issuer. */
export async function startAuthlib(bench: Workbench): Promise<string> {
  const python = await pythonEnvironment('authlib', PACKAGES);
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  await startServer(bench, {
    name: 'authlib',
    needs: PYTHON,
    command: [python, '-B', PROGRAM, String(port)],
    env: { COUNTERPART_RECIPE: recipe() },
    isReady: async () => (await fetch(`${issuer}/.well-known/openid-configuration`)).ok,
  });
  return issuer;
}

/** The token generator of docs/presets/authlib.md, with the API of this trial. */
function recipe(): string {
  const [, shown] = /^```python\n([\s\S]*?)\n```$/m.exec(readFileSync(PAGE, 'utf8')) ?? [];
  if (shown === undefined) throw new Error('docs/presets/authlib.md shows no token generator');
  return shown.replace('https://api.acme.com', AUDIENCE);
}
