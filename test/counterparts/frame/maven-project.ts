import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, runTool } from '../external-tool.ts';
import { JAVA } from './maven-distribution.ts';

/**
 * Builds a Maven project with a jar named `server-1`, and returns the path of the jar. Builds again
 * only after its files have changed.
 */
export async function mavenProject(name: string, project: string): Promise<string> {
  const folder = cacheFolder(join(name, digestOf(project)));
  const jar = join(folder, 'server.jar');
  if (existsSync(jar)) return jar;
  cpSync(project, folder, { recursive: true });
  await runTool(['mvn', '-q', '-B', 'package', '-Dmaven.test.skip=true'], JAVA, { cwd: folder });
  renameSync(join(folder, 'target', 'server-1.jar'), jar);
  return jar;
}

function digestOf(project: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(project, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files.sort()) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}
