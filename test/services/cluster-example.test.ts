import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { aProof, generateTestKey, type ListeningTestIssuer, testIssuer } from '@authly/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runExample } from '../examples/child.ts';
import { findRedisProgram } from './support/redis-program.ts';
import { type RedisServer, startRedis } from './support/redis-server.ts';

const program = findRedisProgram();

const PUBLIC_URL = 'https://api.example.com';
const WORKERS = 4;
const AT_ONCE = 200;
/** Five processes start, each with a loader, which takes long on a busy machine. */
const SLOW_MS = 90_000;
/** Enough requests that each worker gets some. Workers get new connections in turn. */
const TO_ALL = 40;

const key = generateTestKey('ES256');
let issuer: ListeningTestIssuer;
let redis: RedisServer;

beforeAll(async () => {
  issuer = await testIssuer().listen();
  redis = await startRedis(program ?? expect.unreachable());
});

afterAll(async () => {
  await redis?.remove();
  await issuer?.close();
});

/** The answer of one worker. */
interface Answer {
  readonly status: number;
  readonly worker: string;
  readonly challenge: string;
  readonly nonce: string;
}

describe.runIf(program !== undefined).each(['ask', 'follow'])('examples/cluster, %s', (way) => {
  async function start() {
    const example = runExample('cluster', {
      env: {
        ISSUER: issuer.issuer,
        AUDIENCE: issuer.audience,
        PUBLIC_URL,
        DPOP_NONCE_SECRET: 'a secret of a test: thirty-two bytes and some more',
        REDIS_URL: redis.url,
        PORT: '0',
        // Long enough, even for a busy machine.
        STORE_TIMEOUT_MS: '5000',
        FOLLOW: way === 'follow' ? 'yes' : 'no',
      },
    });
    const [, port = ''] = await example.printed(/port: (\d+)/);
    const send = (token: string, proof: string, method = 'GET', path = '/me') =>
      sendTo(Number(port), { token, proof, method, path });
    const token = aToken('nobody');
    const { nonce } = await send(token, aProofOf(token));
    return { example, send, nonce };
  }

  it(
    'accepts one of 200 requests with the same proof, whichever workers get them',
    async () => {
      const { send, nonce } = await start();
      const token = aToken('ada');
      const proof = aProofOf(token, { nonce });
      const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => send(token, proof)));
      expect(workersOf(answers)).toHaveLength(WORKERS);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const refused = answers.filter(({ status }) => status !== 200);
      expect(new Set(refused.map(({ status }) => status))).toEqual(new Set([401]));
      expect(refused[0]?.challenge).toContain('error="invalid_dpop_proof"');
    },
    SLOW_MS,
  );

  it(
    'accepts the nonce of one worker in all others, and ends on a signal',
    async () => {
      const { example, send, nonce } = await start();
      const token = aToken('ada');
      const answers = await toAll(() => send(token, aProofOf(token, { nonce })));
      expect(workersOf(answers)).toHaveLength(WORKERS);
      expect(answers.map(({ status }) => status)).toEqual(Array(TO_ALL).fill(200));
      example.process.kill('SIGTERM');
      expect((await example.ended).exitCode).toBe(0);
    },
    SLOW_MS,
  );

  it(
    'refuses in all workers a token that was revoked in one of them',
    async () => {
      const { send, nonce } = await start();
      const [ada, bob] = [aToken(`ada, ${way}`), aToken(`bob, ${way}`)];
      const me = (token: string) => send(token, aProofOf(token, { nonce }));
      expect((await toAll(() => me(ada))).every(({ status }) => status === 200)).toBe(true);
      const path = '/log-out-everywhere';
      const proof = aProofOf(ada, { nonce, method: 'POST', url: `${PUBLIC_URL}${path}` });
      expect((await send(ada, proof, 'POST', path)).status).toBe(204);
      // A process that follows the store has one second for this. It usually needs some
      // milliseconds.
      if (way === 'follow') await delay(1_000);
      const answers = await toAll(() => me(ada));
      expect(workersOf(answers)).toHaveLength(WORKERS);
      expect(answers.map(({ status }) => status)).toEqual(Array(TO_ALL).fill(401));
      expect(answers.every(({ challenge }) => challenge.includes('error="invalid_token"'))).toBe(
        true,
      );
      expect((await toAll(() => me(bob))).every(({ status }) => status === 200)).toBe(true);
    },
    SLOW_MS,
  );
});

it(
  'names a missing setting',
  async () => {
    const { exitCode, stderr } = await runExample('cluster').ended;
    expect(exitCode).toBe(1);
    expect(stderr).toContain('Set ISSUER');
  },
  SLOW_MS,
);

function aToken(sub: string): string {
  return issuer.aUserToken({ sub }, { boundTo: key });
}

function aProofOf(token: string, options: Partial<Parameters<typeof aProof>[0]> = {}): string {
  return aProof({ key, token, url: `${PUBLIC_URL}/me`, ...options });
}

function toAll(send: () => Promise<Answer>): Promise<Answer[]> {
  return Promise.all(Array.from({ length: TO_ALL }, send));
}

function workersOf(answers: readonly Answer[]): readonly string[] {
  return [...new Set(answers.map(({ worker }) => worker))];
}

/** Sends each request over a new connection, since a kept connection stays with its worker. */
function sendTo(
  port: number,
  { token, proof, method, path }: Readonly<Record<'token' | 'proof' | 'method' | 'path', string>>,
): Promise<Answer> {
  const headers = { authorization: `DPoP ${token}`, dpop: proof };
  return new Promise((resolve, reject) => {
    const outgoing = request({ port, method, path, headers, agent: false }, (response) => {
      const header = (name: string) => String(response.headers[name] ?? '');
      response.resume();
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          worker: header('x-worker'),
          challenge: header('www-authenticate'),
          nonce: header('dpop-nonce'),
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
