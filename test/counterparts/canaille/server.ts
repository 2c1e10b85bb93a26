import { fileURLToPath } from 'node:url';
import { freePort } from '../frame/free-port.ts';
import { PYTHON, pythonEnvironment } from '../frame/python-environment.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';

export const VERSION = '0.3.6';

const PROGRAM = fileURLToPath(new URL('serve.py', import.meta.url));

/** Starts Canaille (from PyPI) with its data in memory. Returns its issuer. */
export async function startCanaille(bench: Workbench): Promise<string> {
  const python = await pythonEnvironment('canaille', [`canaille[front,oidc,server]==${VERSION}`]);
  const port = await freePort();
  const issuer = `http://127.0.0.1:${port}`;
  await startServer(bench, {
    name: 'canaille',
    needs: PYTHON,
    command: [python, '-B', PROGRAM, String(port)],
    isReady: async () => (await fetch(`${issuer}/.well-known/openid-configuration`)).ok,
  });
  return issuer;
}
