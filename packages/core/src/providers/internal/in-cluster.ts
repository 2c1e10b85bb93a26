import { readFile } from 'node:fs/promises';
import { env } from 'node:process';
import { nodeFetch } from '../../keys/node-fetch.ts';
import { ConfigurationError } from '../../model/errors.ts';

/** Where a pod finds its API server, and what it needs to ask it. */
export interface InClusterOptions {
  /**
   * Origin of the API server. Default: `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT`, which
   * Kubernetes sets in every container; without them `https://kubernetes.default.svc`.
   */
  readonly apiServer?: string | undefined;
  /** File with a token of the pod for the API server. Default: where Kubernetes mounts it. */
  readonly tokenFile?: string | undefined;
  /** File with the cluster's certificate authority in PEM. Default: where Kubernetes mounts it. */
  readonly caFile?: string | undefined;
}

/** The key set of the cluster that the process runs in, and a `fetch` that may read it. */
export interface InClusterKeys {
  readonly jwksUri: string;
  readonly fetch: typeof globalThis.fetch;
}

const MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * How a pod reads the key set of its own cluster, with the default roles: from the API server itself, with the
 * pod's token, over TLS that trusts the cluster's certificate authority. The token and the certificate are read
 * from their files each time, since Kubernetes replaces these files.
 *
 * The metadata is not fetched: it names another address of the key set, and only the first of several issuers.
 * The token is sent to the API server's origin and to nobody else.
 */
export function inClusterKeys(preset: string, options: InClusterOptions = {}): InClusterKeys {
  const { apiServer = apiServerOf(env), tokenFile = `${MOUNT}/token` } = options;
  const { caFile = `${MOUNT}/ca.crt` } = options;
  if (!URL.canParse(apiServer) || new URL(apiServer).protocol !== 'https:') {
    throw new ConfigurationError(
      `${preset}: apiServer must be an https URL; write inCluster: { apiServer: 'https://kubernetes.default.svc' }, or inCluster: true`,
    );
  }
  const { origin } = new URL(apiServer);
  return {
    jwksUri: `${origin}/openid/v1/jwks`,
    async fetch(input, init) {
      const url = new URL(input instanceof Request ? input.url : input);
      if (url.origin !== origin)
        throw new Error('The token of the pod is for the API server alone');
      const [token, ca] = await Promise.all([readToken(tokenFile), readFile(caFile, 'utf8')]);
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : {}));
      headers.set('authorization', `Bearer ${token}`);
      return nodeFetch({ ca })(input, { ...init, headers });
    },
  };
}

async function readToken(file: string): Promise<string> {
  const token = (await readFile(file, 'utf8')).trim();
  // Checked here, because the error of `Headers` would quote the token.
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new Error('The token file does not contain a token');
}

function apiServerOf({
  KUBERNETES_SERVICE_HOST: host,
  KUBERNETES_SERVICE_PORT: port,
}: NodeJS.ProcessEnv): string {
  if (host === undefined || host === '') return 'https://kubernetes.default.svc';
  return `https://${host.includes(':') ? `[${host}]` : host}:${port || '443'}`;
}
