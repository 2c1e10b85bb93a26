import { expect, it } from 'vitest';
import { anApi } from './api.ts';
import { anIdentityProvider, withKid } from './identity-provider.ts';

const SEC = 1_000;

async function aFlood() {
  const provider = await anIdentityProvider();
  const known = await provider.newKey('known');
  const genuine = await provider.newKey('genuine');
  provider.keys = [known.jwk];
  // Without the token cache, every request looks for its key.
  const api = anApi(provider, { cache: false });
  const good = await known.token(api.clock.now());
  await api.server.ready();
  let made = 0;
  const madeUp = () => {
    made += 1;
    return withKid(good, `made-up-${made}`);
  };
  return { provider, api, known, genuine, good, madeUp };
}

it('2,000 made-up kids in 2 s cause three fetches, and tokens with known kids all pass', async () => {
  const { api, good, madeUp } = await aFlood();
  const answers = [];
  for (let n = 0; n < 2_000; n += 1) {
    api.clock.pass(1);
    answers.push(api.ask(madeUp()));
    if (n % 10 === 0) {
      answers.push(api.ask(good));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(2_000);
  expect(statuses.filter((status) => status === 200)).toHaveLength(200);
  expect(api.attempts).toHaveLength(1 + 3);
});

it('a real key that is published during the flood is accepted within the cool-down', async () => {
  const { provider, api, known, genuine, madeUp } = await aFlood();
  for (let n = 0; n < 3; n += 1) {
    expect(await api.ask(madeUp())).toMatchObject({ status: 401 });
  }
  provider.keys = [known.jwk, genuine.jwk];
  const token = await genuine.token(api.clock.now());
  let waited = 0;
  while ((await api.ask(token)).status !== 200) {
    expect(waited).toBeLessThan(5 * SEC);
    for (let n = 0; n < 20; n += 1) await api.ask(madeUp());
    api.clock.pass(100);
    waited += 100;
  }
  expect(waited).toBe(5 * SEC);
  expect(api.attempts).toHaveLength(1 + 3 + 1);
});

it('a flood while the provider is down causes one attempt per cool-down, and 503, not 401', async () => {
  const { provider, api, good, madeUp } = await aFlood();
  await provider.stop();
  for (let n = 0; n < 200; n += 1) {
    api.clock.pass(100);
    expect(await api.ask(madeUp())).toMatchObject({ status: 503, challenge: undefined });
    expect(await api.ask(good)).toMatchObject({ status: 200, atOnce: true });
  }
  // Three at first, and then one each 5 s.
  expect(api.attempts).toHaveLength(1 + 3 + 3);
});

it.each([
  ['two rotations within 5 s', ['first', 'second']],
  ["a rotation right after anybody's made-up kid", ['made-up', 'first']],
])(
  'no valid token is refused after %s, if keys sign as soon as they are published',
  async (_what, turns) => {
    const { provider, api, known, madeUp } = await aFlood();
    for (const turn of turns) {
      api.clock.pass(100);
      if (turn === 'made-up') {
        expect(await api.ask(madeUp())).toMatchObject({ status: 401 });
        continue;
      }
      const key = await provider.newKey(turn);
      provider.keys = [known.jwk, key.jwk];
      expect(await api.ask(await key.token(api.clock.now()))).toMatchObject({ status: 200 });
    }
  },
);

it('a kid that is known for another algorithm causes no fetch', async () => {
  const { api, good } = await aFlood();
  const [, payload, signature] = good.split('.');
  const header = JSON.stringify({ alg: 'PS256', typ: 'at+jwt', kid: 'known' });
  const confused = `${Buffer.from(header).toString('base64url')}.${payload}.${signature}`;
  expect(await api.ask(confused)).toMatchObject({ status: 401 });
  expect(api.attempts).toHaveLength(1);
});
