/** The library that makes requests to authorization servers, with every method of client authentication. */
export type OAuthLibrary = typeof import('oauth4webapi');

/**
 * Loads the library when it is first needed. An application without introspection never loads it, which saves
 * some milliseconds at its start, and memory.
 */
export function loadOAuthLibrary(): Promise<OAuthLibrary> {
  return import('oauth4webapi');
}
