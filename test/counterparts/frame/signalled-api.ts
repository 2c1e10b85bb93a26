import { createResourceServer } from '@authly/core';
import { keycloak } from '@authly/core/providers';
import { nodeRedis, redisStores } from '@authly/redis';
import { backChannelLogout, securityEvents } from '@authly/signals';
import { createClient } from 'redis';
import { frameworks } from '../../support/frameworks.ts';
import { listen } from '../../support/requests.ts';
import type { SignalledApiOptions } from './api-process.ts';

// One process of an API that is told of sign-outs, with its stores at a Redis server: what
// `startApiProcess` runs. It says its address to the parent, and ends with it.

const options: SignalledApiOptions = JSON.parse(process.argv[2] ?? '');

const framework = frameworks.find(({ name }) => name === options.framework);
if (framework === undefined) throw new Error(`No framework ${options.framework}`);
const { authenticate, createApp, kit } = framework;

const client = createClient({ url: options.redisUrl, disableOfflineQueue: true });
client.on('error', () => {});
await client.connect();
const stores = redisStores({ command: nodeRedis(client), prefix: 'counterpart' });
await stores.ready();

const issuer = keycloak(options.issuer);
const shared = { revocations: stores.revocations, replay: stores.replay };
const logout = backChannelLogout({ issuer, clientId: options.clientId, ...shared });
const { audience, authorization } = options.stream;
const events = securityEvents({
  transmitters: [{ issuer, audience: { prefix: audience }, authorization }],
  ...shared,
});
const server = createResourceServer({
  issuer,
  audience: options.audience,
  revocation: { store: stores.revocations },
});
const app = createApp((routes) => {
  routes.app('/logout', ({ use }) => use(kit.mount(logout)));
  routes.app('/events', ({ use }) => use(kit.mount(events)));
  routes.use(authenticate(server));
  routes.route('/me', ({ principal }) => principal);
});
const { origin } = await listen(app.listener);
process.on('disconnect', () => process.exit());
process.send?.({ origin });
