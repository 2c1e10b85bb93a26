import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, runTool } from '../external-tool.ts';

const UNPACK = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack';

/** What Java programs from Maven Central need. */
export const JAVA = 'a JDK (17, 21 or 25) and mvn';

/** Downloads a zip of Maven Central once and unpacks it; gives the folder. */
export async function mavenDistribution(name: string, coordinates: string): Promise<string> {
  const version = coordinates.split(':')[2] ?? '';
  const folder = join(cacheFolder(name), version);
  if (existsSync(folder)) return folder;
  // Unpacked beside it first, so that an interrupted download is no half of a server.
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  await runTool(
    [...['mvn', '-q', '-B', UNPACK, `-Dartifact=${coordinates}`], `-DoutputDirectory=${partial}`],
    JAVA,
    // Where there is no project, Maven leaves notes of its own in the folder that it runs in.
    { cwd: partial },
  );
  renameSync(partial, folder);
  return folder;
}
