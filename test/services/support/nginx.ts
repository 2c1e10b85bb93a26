import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from './debian-server.ts';

/** nginx as a reverse proxy. */
export interface Nginx {
  /** The Unix socket on which it answers. Unlike a port, nobody else can take it. */
  readonly socketPath: string;
  stop(): Promise<void>;
}

/**
 * Starts nginx before a server, with its default settings. Only the addresses of both are set, and
 * what `locations` sets.
 */
export async function startNginx(
  program: string,
  upstream: string,
  locations = `location / { proxy_pass ${upstream}; }`,
): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'authly-nginx-'));
  const socketPath = join(folder, 'nginx.sock');
  const configuration = join(folder, 'nginx.conf');
  writeFileSync(configuration, configurationFor({ folder, socketPath, locations }));
  const args = ['-p', folder, '-e', 'stderr', '-c', configuration];
  try {
    const { stop } = await startProcess(program, args, socketPath);
    return {
      socketPath,
      async stop() {
        await stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function configurationFor(paths: {
  readonly folder: string;
  readonly socketPath: string;
  readonly locations: string;
}): string {
  const { folder, socketPath, locations } = paths;
  // If nginx runs as root, its worker runs as another user by default, who cannot read the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join('\n  ');
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
  server {
    listen unix:${socketPath};
    ${locations}
  }
}
`;
}
