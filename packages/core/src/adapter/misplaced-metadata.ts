import { ConfigurationError } from '../model/errors.ts';

/**
 * The error for an adapter's `protectedResourceMetadata` that stands where clients do not find the
 * document (RFC 9728 §3). `where` says how it is mounted.
 */
export function misplacedMetadata(where: string, path: string): ConfigurationError {
  return new ConfigurationError(
    `protectedResourceMetadata is mounted ${where}, but clients look for ${path}. ` +
      'Write: app.use(protectedResourceMetadata(resourceServer)) on the app itself',
  );
}
