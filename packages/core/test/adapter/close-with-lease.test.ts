import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aToken } from '../../../../test/support/tokens.ts';
import { closeWithLease } from '../../src/adapter/close-with-lease.ts';
import { aResourceServer } from '../resource-servers.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

class FakeSocket extends EventEmitter {
  readonly done: unknown[] = [];
  close(code: number, reason: string): void {
    this.done.push([code, reason]);
  }
  terminate(): void {
    this.done.push('terminated');
    this.emit('close');
  }
}

async function aSocket() {
  const server = aResourceServer();
  const lease = server.lease(await server.verify(aToken()));
  const socket = new FakeSocket();
  closeWithLease(socket, lease);
  return { server, lease, socket };
}

it('closes the socket when the lease ends, and cuts it two seconds later', async () => {
  const { server, socket } = await aSocket();
  server.close();
  expect(socket.done).toEqual([[1001, 'going away']]);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(socket.done).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(socket.done).toEqual([[1001, 'going away'], 'terminated']);
});

it('does not cut a socket whose peer has answered', async () => {
  const { server, socket } = await aSocket();
  server.close();
  socket.emit('close');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(socket.done).toHaveLength(1);
});

it('ends the lease when the socket closes, and does not close the socket again', async () => {
  const { lease, socket } = await aSocket();
  socket.emit('close');
  expect(lease.ended?.cause).toBe('released');
  expect(socket.done).toEqual([]);
});
