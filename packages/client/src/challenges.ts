import type { OAuthLibrary } from '@authly/core/client';

/** A challenge of `WWW-Authenticate` (RFC 9110 §11.6.1). */
export type Challenge = InstanceType<
  OAuthLibrary['WWWAuthenticateChallengeError']
>['cause'][number];

/**
 * Reads the challenges of a `WWW-Authenticate` header. Returns an empty list if the header is missing or
 * malformed. The library exposes its parser only through an error, so this function gives it a response with
 * only this header and reads the error.
 */
export async function challengesOf(
  header: string | null,
  library: OAuthLibrary,
): Promise<readonly Challenge[]> {
  if (header === null) return [];
  const headers = { 'www-authenticate': header };
  try {
    await library.processRevocationResponse(new Response(null, { status: 401, headers }));
  } catch (error) {
    if (error instanceof library.WWWAuthenticateChallengeError) return error.cause;
  }
  return [];
}
