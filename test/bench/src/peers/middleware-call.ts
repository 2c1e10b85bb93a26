import type { Request, RequestHandler, Response } from 'express';

/**
 * Runs an Express middleware on a request that has only what authentication reads: a Bearer token, or a bound
 * token with its proof (DPoP).
 */
export function callMiddleware(
  middleware: RequestHandler,
  token: string,
  proof?: string,
): Promise<void> {
  const headers = {
    host: 'api.acme.example',
    ...(proof === undefined
      ? { authorization: `Bearer ${token}` }
      : { authorization: `DPoP ${token}`, dpop: proof }),
  };
  const request = {
    headers,
    method: 'GET',
    protocol: 'https',
    url: '/',
    originalUrl: '/',
    query: {},
    get: (name: string) => (name === 'Host' ? headers.host : undefined),
    is: () => false,
  };
  return new Promise((resolve, reject) => {
    middleware(request as unknown as Request, {} as Response, (error?: unknown) =>
      error === undefined ? resolve() : reject(error),
    );
  });
}
