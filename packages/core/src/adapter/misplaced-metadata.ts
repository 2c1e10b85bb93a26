import { ConfigurationError } from '../model/errors.ts';

/**
 * Makes the error for an adapter's `protectedResourceMetadata` that is mounted at a path where clients do not look for the
 * document (RFC 9728 §3). `where` says how it is mounted; `path` is where clients look.
 */
export function misplacedMetadata(where: string, path: string): ConfigurationError {
  return new ConfigurationError(
    `protectedResourceMetadata is mounted ${where}, but clients look for ${path}. ` +
      'Write: app.use(protectedResourceMetadata(resourceServer)) on the app itself',
  );
}
