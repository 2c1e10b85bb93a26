/** The library that writes requests to authorization servers: client authentication in all its forms. */
export type OAuthLibrary = typeof import('oauth4webapi');

/**
 * Loads the library, once. An application that does not use introspection never does: it would cost it
 * some milliseconds at the start, and memory.
 */
export function loadOAuthLibrary(): Promise<OAuthLibrary> {
  return import('oauth4webapi');
}
