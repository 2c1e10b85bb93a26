import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { memoryRevocations, type RevocationMark, type RevocationStore } from '@authly/core';
import { afterEach, expect, it, vi } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';
import { aToken, NOW } from '../support/tokens.ts';
import { aClient, aGuardedServer, bearer } from './ws-server.ts';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A process that revokes callers, and a store that receives its marks, like a shared one. */
async function aSharedStore(): Promise<{ store: RevocationStore; child: ChildProcess }> {
  const path = fileURLToPath(new URL('marking-process.ts', import.meta.url));
  const child = fork(path, [String(NOW * 1_000)], {
    execArgv: ['--conditions=@authly/source', '--import', 'tsx'],
    serialization: 'advanced',
  });
  children.push(child);
  await once(child, 'message');
  const store: RevocationStore = {
    retainSec: memoryRevocations().retainSec,
    isRevoked: () => false,
    subscribe(listener) {
      const hear = (mark: RevocationMark) => listener(mark);
      child.on('message', hear as (message: unknown) => void);
      return () => child.off('message', hear);
    },
  };
  return { store, child };
}

it('a mark of another process closes only the socket that it applies to, within a second', async () => {
  const { store, child } = await aSharedStore();
  const server = aResourceServer({ revocation: { store } });
  const { url, admitted } = await aGuardedServer(server);
  const clients = Array.from({ length: 200 }, (_, index) => {
    const token = aToken({ sub: `user-${index}` });
    return aClient(url, { headers: bearer(token) });
  });
  expect(await Promise.all(clients.map(({ outcome }) => outcome))).toEqual(
    clients.map(() => 'open'),
  );
  await vi.waitFor(() => expect(admitted).toHaveLength(200));
  const closed: number[] = [];
  for (const [index, client] of clients.entries()) {
    client.ws.on('close', () => closed.push(index));
  }
  const victim = admitted.find(({ principal }) => principal.key.endsWith(':user-17'));
  expect(victim).toBeDefined();
  child.send(victim?.principal.key ?? '');
  const from = Date.now();
  expect(await clients[17]?.closed).toEqual([1008, 'token revoked']);
  // A mark takes 2 to 5 ms, and took 27 ms with four busy processes on two cores.
  expect(Date.now() - from).toBeLessThan(1_000);
  expect(closed).toEqual([17]);
  expect(admitted.filter(({ lease }) => lease.ended !== undefined)).toEqual([victim]);
}, 60_000);
