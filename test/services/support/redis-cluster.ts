import { setTimeout as delay } from 'node:timers/promises';
import { type RedisServer, startRedis } from './redis-server.ts';

/** Three Redis servers that share the keys between them. */
export interface RedisCluster {
  /** The port of one server. Clients learn the others from it. */
  readonly port: number;
  readonly nodes: readonly RedisServer[];
  remove(): Promise<void>;
}

const NODES = 3;
const SLOTS = 16_384;
const JOIN_WITHIN_MS = 20_000;

export async function startRedisCluster(program: string): Promise<RedisCluster> {
  const nodes: RedisServer[] = [];
  const remove = async () => {
    await Promise.all(nodes.map((node) => node.remove()));
  };
  try {
    for (let index = 0; index < NODES; index++) {
      nodes.push(await startRedis(program, ['--cluster-enabled', 'yes']));
    }
    await join(nodes);
  } catch (error) {
    await remove();
    throw error;
  }
  return { port: nodes[0]?.port ?? 0, nodes, remove };
}

async function join(nodes: readonly RedisServer[]): Promise<void> {
  const share = Math.ceil(SLOTS / NODES);
  for (const [index, node] of nodes.entries()) {
    const last = Math.min(SLOTS, (index + 1) * share) - 1;
    await node.command('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    await node.command('CLUSTER', 'ADDSLOTSRANGE', String(index * share), String(last));
    await node.command('CLUSTER', 'MEET', '127.0.0.1', String(nodes[0]?.port));
  }
  const giveUpAt = performance.now() + JOIN_WITHIN_MS;
  while (!(await isJoined(nodes))) {
    if (performance.now() > giveUpAt) throw new Error('The nodes do not become a cluster');
    await delay(50);
  }
}

async function isJoined(nodes: readonly RedisServer[]): Promise<boolean> {
  const states = await Promise.all(nodes.map((node) => node.command('CLUSTER', 'INFO')));
  return states.every((state) => {
    const told = String(state);
    return told.includes('cluster_state:ok') && told.includes(`cluster_known_nodes:${NODES}`);
  });
}
