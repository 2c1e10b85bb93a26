import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, runTool } from '../external-tool.ts';

const UNPACK = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:unpack';

/** What Java programs from Maven Central need. */
export const JAVA = 'a JDK (17, 21 or 25) and mvn';

/** Downloads a zip from Maven Central once, unpacks it, and returns the folder. */
export async function mavenDistribution(name: string, coordinates: string): Promise<string> {
  const version = coordinates.split(':')[2] ?? '';
  const folder = join(cacheFolder(name), version);
  if (existsSync(folder)) return folder;
  // Unpacked into a temporary folder first, so that an interrupted download leaves no incomplete
  // server.
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  await runTool(
    [...['mvn', '-q', '-B', UNPACK, `-Dartifact=${coordinates}`], `-DoutputDirectory=${partial}`],
    JAVA,
    // Without a project, Maven writes its own files into the current folder.
    { cwd: partial },
  );
  renameSync(partial, folder);
  return folder;
}
