import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MissingToolError, runTool } from '../external-tool.ts';
import { freePort } from '../frame/free-port.ts';
import { startServer } from '../frame/server-process.ts';
import type { Workbench } from '../frame/workbench.ts';

const NEEDS = "Debian's package postgresql, and `setpriv` where this runs as root";

/** Where Debian installs each release of PostgreSQL. */
const RELEASES = '/usr/lib/postgresql';

/**
 * Starts PostgreSQL with an empty database, and runs a statement. Returns a URL with which a user
 * connects to it.
 */
export async function startPostgres(
  bench: Workbench,
  { user, statement }: { readonly user: string; readonly statement: string },
): Promise<string> {
  const folder = existsSync(RELEASES) ? readdirSync(RELEASES).toSorted().at(-1) : undefined;
  if (folder === undefined) throw new MissingToolError(NEEDS);
  const programs = join(RELEASES, folder, 'bin');
  // PostgreSQL refuses to run as root. If we are root, it runs as the user that its package has
  // created.
  const asOwner =
    process.getuid?.() === 0
      ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups']
      : [];
  const data = join(bench.folder, 'postgres');
  mkdirSync(data);
  if (asOwner.length > 0) {
    await runTool(['chmod', '711', bench.folder], NEEDS);
    await runTool(['chown', 'postgres', data], NEEDS);
  }
  const initdb = [
    join(programs, 'initdb'),
    '-D',
    data,
    '-U',
    'postgres',
    '--auth=trust',
    '-E',
    'UTF8',
  ];
  await runTool([...asOwner, ...initdb], NEEDS, { cwd: '/' });
  const port = await freePort();
  await startServer(bench, {
    name: 'postgres',
    needs: NEEDS,
    command: [
      ...asOwner,
      join(programs, 'postgres'),
      ...['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', data, '-c', 'fsync=off'],
    ],
    cwd: '/',
    isReady: async () =>
      (await runTool(
        [join(programs, 'pg_isready'), '-h', '127.0.0.1', '-p', String(port)],
        NEEDS,
      )) !== '',
  });
  const address = (name: string) => `postgres://${name}@127.0.0.1:${port}/postgres`;
  const psql = [join(programs, 'psql'), address('postgres'), '-v', 'ON_ERROR_STOP=1', '-c'];
  await runTool([...psql, statement], NEEDS, { cwd: '/' });
  return address(user);
}
