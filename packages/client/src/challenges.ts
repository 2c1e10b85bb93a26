import type { OAuthLibrary } from '@authly/core/client';

/** A challenge of `WWW-Authenticate` (RFC 9110 §11.6.1). */
export type Challenge = InstanceType<
  OAuthLibrary['WWWAuthenticateChallengeError']
>['cause'][number];

/**
 * The challenges of a `WWW-Authenticate` header; none where it is missing or malformed. The library has a
 * parser, but gives its result only in an error. So it gets a response that has only this header.
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
