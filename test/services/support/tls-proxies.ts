import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CertificateFormat, headerCertificate } from '@authly/core';
import { serverCertificate } from '../../support/tls.ts';
import { findDebianServer, startProcess } from './debian-server.ts';

/** The address from which the proxies connect. All other addresses of loopback are not trusted. */
export const PROXY_ADDRESS = '127.9.1.1';

/** The address of the API. */
export type Upstream = { readonly port: number } | { readonly path: string };

/** A proxy that ends TLS, asks the client for a certificate, and forwards the certificate. */
export interface TlsProxy {
  readonly name: string;
  /** The path of its program, or `undefined` if it is not installed. */
  readonly program: string | undefined;
  readonly format: CertificateFormat;
  /** The header in which it forwards the certificate. */
  readonly header: string;
  /** The value of the header in the form that this proxy writes. */
  valueOf(certificate: { readonly cert: string; readonly der: Uint8Array }): string;
  /** Starts the proxy. It serves TLS on a Unix domain socket. */
  start(upstream: Upstream): Promise<RunningTlsProxy>;
}

/** A running {@link TlsProxy}. */
export interface RunningTlsProxy {
  readonly socketPath: string;
  stop(): Promise<void>;
}

/** The option with which the API trusts these proxies, by their address. */
export function fromProxy(
  { format, header }: TlsProxy,
  ...proxies: readonly [string, ...string[]]
) {
  return { certificate: headerCertificate({ format, header, proxies }) };
}

/** Every such proxy that Debian has. */
export const tlsProxies: readonly TlsProxy[] = [
  {
    name: 'nginx',
    program: findDebianServer('nginx'),
    format: 'nginx',
    header: 'X-Client-Cert',
    valueOf: ({ cert }) => encodeURIComponent(cert),
    start(upstream) {
      const { program } = this;
      return start(program, 'nginx', (paths) => ({
        'nginx.conf': nginxConfiguration(paths, upstream),
      }));
    },
  },
  {
    name: 'HAProxy',
    program: findDebianServer('haproxy'),
    format: 'rfc9440',
    header: 'Client-Cert',
    valueOf: ({ der }) => `:${Buffer.from(der).toString('base64')}:`,
    start(upstream) {
      const { program } = this;
      return start(program, 'haproxy', (paths) => ({
        'haproxy.cfg': haproxyConfiguration(paths, upstream),
      }));
    },
  },
];

interface Paths {
  readonly folder: string;
  readonly socketPath: string;
}

const ARGUMENTS: Readonly<Record<string, (paths: Paths) => readonly string[]>> = {
  nginx: ({ folder }) => ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')],
  haproxy: ({ folder }) => ['-db', '-f', join(folder, 'haproxy.cfg')],
};

async function start(
  program: string | undefined,
  name: string,
  filesOf: (paths: Paths) => Readonly<Record<string, string>>,
): Promise<RunningTlsProxy> {
  const folder = mkdtempSync(join(tmpdir(), `authly-${name}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const paths = { folder, socketPath: join(folder, 'proxy.sock') };
  const { cert, key } = serverCertificate;
  const files = { ...filesOf(paths), 'server.pem': cert + key, 'server.key': key };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  try {
    const args = ARGUMENTS[name]?.(paths) ?? [];
    const { stop } = await startProcess(program ?? name, args, paths.socketPath);
    return {
      socketPath: paths.socketPath,
      async stop() {
        await stop();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}

// The lines about certificates are the same as in docs/bound-tokens.md.
function nginxConfiguration({ folder, socketPath }: Paths, upstream: Upstream): string {
  // If nginx runs as root, its worker runs as another user by default, who cannot read the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n  ');
  const target =
    'path' in upstream
      ? `proxy_pass http://unix:${upstream.path}:;`
      : `proxy_pass http://127.0.0.1:${upstream.port}; proxy_bind ${PROXY_ADDRESS};`;
  return `
daemon off;
${user}
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr;
events {}
http {
  access_log off;
  ${temporary}
  ssl_session_cache shared:sessions:1m;
  server {
    listen unix:${socketPath} ssl http2;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate ${folder}/server.pem;
    ssl_certificate_key ${folder}/server.key;
    ssl_verify_client optional_no_ca;
    location / {
      ${target}
      proxy_set_header X-Client-Cert $ssl_client_escaped_cert;
    }
  }
}
`;
}

function haproxyConfiguration({ folder, socketPath }: Paths, upstream: Upstream): string {
  const target =
    'path' in upstream
      ? `unix@${upstream.path}`
      : `127.0.0.1:${upstream.port} source ${PROXY_ADDRESS}`;
  return `
global
  maxconn 100
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend tls
  bind unix@${socketPath} ssl crt ${folder}/server.pem alpn h2,http/1.1 ssl-min-ver TLSv1.2 verify optional ca-file ${folder}/server.pem ca-ignore-err all crt-ignore-err all
  http-request del-header Client-Cert
  http-request set-header Client-Cert :%[ssl_c_der,base64]: if { ssl_c_used }
  default_backend api
backend api
  server api ${target}
`;
}
