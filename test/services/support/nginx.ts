import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProcess } from './debian-server.ts';

/** nginx as a reverse proxy. */
export interface Nginx {
  /** The Unix socket on which it answers: no port that somebody else might take. */
  readonly socketPath: string;
  stop(): Promise<void>;
}

/**
 * Starts nginx in front of a server, with its defaults: nothing is set but where to listen and send, or what
 * `locations` sets.
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
  // As root nginx would give its worker to another user, who cannot read the folder.
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
