import { setTimeout as delay } from 'node:timers/promises';
import { rfc9068 } from '@authly/core/providers';
import { redisStores } from '@authly/redis';
import { testIssuer } from '@authly/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aClient, aGuardedServer, bearer } from '../sockets/ws-server.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { CLIENTS } from './support/redis-clients.ts';
import { findRedisProgram } from './support/redis-program.ts';
import { type RedisServer, startRedis } from './support/redis-server.ts';
import { type Relay, startRelay } from './support/relay.ts';

const program = findRedisProgram();
const ISSUER = 'https://as.example.com';
const AUDIENCE = 'https://api.example.com';

// The time of this machine, since the Redis server uses the same clock.
const clock = { now: () => Date.now() };
const issuer = testIssuer({ issuer: ISSUER, audience: AUDIENCE, clock });

describe.runIf(program !== undefined).each(['node-redis', 'ioredis'])('sockets and %s', (name) => {
  const opened: { close(): unknown }[] = [];
  let server: RedisServer;
  let relay: Relay;

  beforeEach(async () => {
    server = await startRedis(program ?? '');
    relay = await startRelay(server.port);
  });
  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close();
    relay.close();
    await server.remove();
  });

  /** The stores of one process. It either follows the store, or only asks it. */
  async function stores(port: number, isFollowing: boolean) {
    const connect = async () => {
      const client = await (CLIENTS[name] ?? expect.unreachable())(port);
      opened.push(client);
      return client.command;
    };
    const command = await connect();
    const follow = isFollowing ? { follow: { command: await connect(), maxLagSec: 2 } } : {};
    const made = redisStores({ command, prefix: 'sockets', timeoutMs: 1_000, ...follow });
    opened.push(made);
    await made.ready();
    return made.revocations;
  }

  async function someSockets(count: number) {
    const [following, other] = [await stores(relay.port, true), await stores(server.port, false)];
    const resourceServer = aResourceServer({
      issuer: rfc9068({ issuer: ISSUER, jwks: issuer.jwks }),
      audience: AUDIENCE,
      revocation: { store: following },
      leases: { recheckSec: 5 },
      clock,
    });
    const { url, admitted } = await aGuardedServer(resourceServer);
    const clients = Array.from({ length: count }, (_, index) =>
      aClient(url, {
        headers: bearer(issuer.aUserToken({ sub_type: undefined, sub: `user-${index}` })),
      }),
    );
    const outcomes = await Promise.all(clients.map(({ outcome }) => outcome));
    expect(outcomes).toEqual(clients.map(() => 'open'));
    await vi.waitFor(() => expect(admitted).toHaveLength(count));
    const revoke = (index: number) =>
      other.revokeSubject({ issuer: ISSUER, subject: `user-${index}` });
    const ended = () => admitted.filter(({ lease }) => lease.ended !== undefined);
    return { clients, revoke, ended };
  }

  it('a socket whose token another process revokes is closed within a second, and no other', async () => {
    const { clients, revoke, ended } = await someSockets(50);
    await revoke(17);
    const from = Date.now();
    expect(await clients[17]?.closed).toEqual([1008, 'token revoked']);
    // It takes 1 to 3 ms, also with four busy processes on two cores.
    expect(Date.now() - from).toBeLessThan(1_000);
    expect(ended()).toHaveLength(1);
  });

  it('stay open while the server cannot be reached; those revoked meanwhile are closed when it is back', async () => {
    const { clients, revoke, ended } = await someSockets(20);
    relay.lead(1);
    await revoke(7);
    // Longer than maxLagSec, and longer than the time between two looks at a lease.
    await delay(8_000);
    expect(ended()).toEqual([]);
    relay.lead(server.port);
    expect(await clients[7]?.closed).toEqual([1008, 'token revoked']);
    expect(ended()).toHaveLength(1);
  });
});
