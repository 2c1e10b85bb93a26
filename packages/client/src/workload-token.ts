import {
  ConfigurationError,
  checkOptions,
  credentialsTag,
  type OptionNames,
} from '@authly/core/client';
import type { ClientAuthentication } from './source-options.ts';

/** Options of {@link workloadToken}. */
export interface WorkloadTokenOptions {
  /** The file to which the platform writes the token. The platform renews the token there. */
  readonly path: string;
  /** The type of the client assertion. Default `jwt-bearer`; `jwt-spiffe` for a JWT-SVID. */
  readonly type?: 'jwt-bearer' | 'jwt-spiffe';
}

const OPTIONS: OptionNames<WorkloadTokenOptions> = { path: true, type: true };
const LINE = "workloadToken('orders-api', { path: '/var/run/secrets/tokens/authly' })";

/**
 * Authenticates with the token that the platform gives this workload (Kubernetes, SPIFFE), instead of a
 * secret. The token is sent as `client_assertion` (RFC 7521 §4.2), together with `client_id`. The file is
 * read at each request, because the platform writes a new token into it before the old one ends.
 *
 * This function does not check the token; the authorization server does.
 *
 * @throws ConfigurationError without a client id or a path.
 */
export function workloadToken(
  clientId: string,
  options: WorkloadTokenOptions,
): ClientAuthentication {
  const { path, type = 'jwt-bearer' } = checkOptions('workloadToken()', options, OPTIONS, LINE);
  if (typeof clientId !== 'string' || clientId === '')
    throw wrong('needs the client id as its first argument');
  if (typeof path !== 'string' || path === '')
    throw wrong('needs the path of the file with the token');
  if (type !== 'jwt-bearer' && type !== 'jwt-spiffe') {
    throw wrong("can only have the type 'jwt-bearer' or 'jwt-spiffe'");
  }
  return Object.freeze({
    method: 'workload',
    clientId,
    async authentication() {
      const { readFile } = await import('node:fs/promises');
      const assertion = (await readFile(path, 'utf8')).trim();
      // The message becomes the `cause` of an error, so it must not contain the file's text.
      if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(assertion))
        throw new TypeError('The file of the workload token does not contain a JWT');
      const authenticate = (_server: unknown, _client: unknown, body: URLSearchParams) => {
        body.set('client_id', clientId);
        body.set('client_assertion_type', `urn:ietf:params:oauth:client-assertion-type:${type}`);
        body.set('client_assertion', assertion);
      };
      return Object.assign(authenticate, { tag: credentialsTag(assertion) });
    },
  });
}

function wrong(problem: string): ConfigurationError {
  return new ConfigurationError(`workloadToken() ${problem}. Write: ${LINE}`);
}
