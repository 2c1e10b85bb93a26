/**
 * Envoy's configuration of a listener on loopback. `filters` come before the filter that forwards
 * the request.
 */
export function listener(own: {
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

/** Envoy's configuration of a server to which it sends requests. */
export function cluster(name: string, origin: string): string {
  const endpoint = `{ endpoint: { address: ${address(Number(new URL(origin).port))} } }`;
  return `{ name: ${name}, type: STATIC, load_assignment: { cluster_name: ${name}, endpoints: [{ lb_endpoints: [${endpoint}] }] } }`;
}

/** Envoy's configuration of an address: a port on loopback. */
export function address(port: number): string {
  return `{ socket_address: { address: 127.0.0.1, port_value: ${port} } }`;
}
