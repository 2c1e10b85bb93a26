import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  type InClusterOptions,
  inClusterKeys,
} from '../../../src/providers/internal/in-cluster.ts';

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
const apiServer = 'https://k8s.acme.com';

let file: string;
beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'authly-pod-')), 'given');
  await writeFile(file, 'a-token');
});
afterEach(async () => {
  await rm(join(file, '..'), { recursive: true });
});

/** The file that is not there. */
async function missingFile(options: InClusterOptions): Promise<unknown> {
  const { fetch, jwksUri } = inClusterKeys('kubernetes', { apiServer, ...options });
  const error: unknown = await fetch(jwksUri).catch((reason: unknown) => reason);
  return error instanceof Error && Reflect.get(error, 'path');
}

// Tests may run in a pod, where the files are.
it.skipIf(existsSync(MOUNT))(
  'files are read where Kubernetes mounts them, unless other paths are given',
  async () => {
    expect(await missingFile({ caFile: file })).toBe(`${MOUNT}/token`);
    expect(await missingFile({ tokenFile: file })).toBe(`${MOUNT}/ca.crt`);
  },
);

it('the fetch for the keys rejects a URL of another origin', async () => {
  const { fetch } = inClusterKeys('kubernetes', { apiServer, tokenFile: file, caFile: file });
  for (const url of [
    'https://k8s.acme.com:8443/openid/v1/jwks',
    'http://k8s.acme.com/',
    'https://evil.example/',
  ]) {
    await expect(fetch(url)).rejects.toThrow('The token of the pod is for the API server alone');
  }
});
