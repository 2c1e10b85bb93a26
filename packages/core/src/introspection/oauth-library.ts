// In the CommonJS form of this package the declaration imports the types of an ES module. TypeScript wants an
// attribute for that which its versions before 5.3 cannot read, so the error is switched off there.
// biome-ignore lint/suspicious/noTsIgnore: here, in the ESM form, there is no error to expect
/** @ts-ignore */
type Library = typeof import('oauth4webapi');

/** The library that writes requests to authorization servers: client authentication in all its forms. */
export type OAuthLibrary = Library;

/**
 * Loads the library, once. An application that does not use introspection never loads it, and saves some
 * milliseconds at the start, and memory.
 */
export function loadOAuthLibrary(): Promise<OAuthLibrary> {
  return import('oauth4webapi');
}
