import { hostOf } from '../lib/endpoint-url.ts';
import { ConfigurationError } from '../model/errors.ts';

/** Gives the hosts of `allowHttp`, as `URL` writes them. Throws `ConfigurationError` for anything but a list of hosts. */
export function resolveAllowHttp(hosts: unknown): readonly string[] {
  if (hosts === undefined) return [];
  const names = Array.isArray(hosts) ? hosts.map(hostOf) : [undefined];
  if (names.every((name) => name !== undefined)) return Object.freeze(names);
  throw new ConfigurationError(
    "allowHttp must be a list of hosts without scheme and port. Write: allowHttp: ['keycloak', '172.18.0.3']",
  );
}
