import { createResourceServer } from '@authly/core';
import { nodeRedis, redisStores } from '@authly/redis';
import { backChannelLogout, securityEvents } from '@authly/signals';
import { createClient } from 'redis';
import { frameworks } from '../../support/frameworks.ts';
import { listen } from '../../support/requests.ts';
import type { SignalledApiOptions } from './api-process.ts';
import { AUDIENCE } from './api-under-test.ts';
import { signalledPresets } from './signalled-presets.ts';

// `startApiProcess` runs this file: one process of an API that receives sign-outs and has its
// stores in Redis. It sends its address to the parent process, and ends when the parent ends.

const options: SignalledApiOptions = JSON.parse(process.argv[2] ?? '');

const framework = frameworks.find(({ name }) => name === options.framework);
if (framework === undefined) throw new Error(`No framework ${options.framework}`);
const { authenticate, createApp, kit } = framework;

const client = createClient({ url: options.redisUrl, disableOfflineQueue: true });
client.on('error', () => {});
await client.connect();
const stores = redisStores({ command: nodeRedis(client), prefix: 'counterpart' });
await stores.ready();

const issuer = signalledPresets[options.preset](options.issuer);
const shared = { revocations: stores.revocations, replay: stores.replay };
const { clientId, sidInAccessTokens = true, stream } = options;
// Keycloak's tokens have a `sid`. Hydra's have one because of the token hook. Glewlwyd's have none.
const logout = backChannelLogout({ issuer, clientId, sidInAccessTokens, ...shared });
const server = createResourceServer({
  issuer,
  audience: AUDIENCE,
  revocation: { store: stores.revocations },
});
const app = createApp((routes) => {
  routes.app('/logout', ({ use }) => use(kit.mount(logout)));
  if (stream !== undefined) {
    const { audience, authorization } = stream;
    const transmitters = [{ issuer, audience: { prefix: audience }, authorization }];
    const events = securityEvents({ transmitters, ...shared });
    routes.app('/events', ({ use }) => use(kit.mount(events)));
  }
  routes.use(authenticate(server));
  routes.route('/me', ({ principal }) => principal);
});
const { origin } = await listen(app.listener);
process.on('disconnect', () => process.exit());
process.send?.({ origin });
