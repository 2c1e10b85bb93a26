import { findDebianServer } from '../../services/support/debian-server.ts';
import { startNginx } from '../../services/support/nginx.ts';
import { nginxRecipe } from '../../support/nginx-recipe.ts';
import { MissingToolError } from '../external-tool.ts';
import type { Workbench } from '../frame/workbench.ts';
import { type Doors, doorsToBe } from './doors.ts';

/**
 * Starts one nginx before the API of each framework, with the configuration of docs/front-doors.md.
 */
export async function startAuthRequest(
  bench: Workbench,
  upstreams: Readonly<Record<string, string>>,
  asked: Doors,
): Promise<Doors> {
  const program = findDebianServer('nginx');
  if (program === undefined) throw new MissingToolError("Debian's package nginx");
  const doors = await doorsToBe();
  for (const [framework, { port }] of Object.entries(doors)) {
    const api = upstreams[framework] ?? '';
    const recipe = nginxRecipe(api, asked[framework]?.origin ?? '');
    const nginx = await startNginx(program, api, `listen 127.0.0.1:${port};\n${recipe}`);
    bench.onEnd(() => nginx.stop());
  }
  return doors;
}
