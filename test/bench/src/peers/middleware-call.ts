import type { Request, RequestHandler, Response } from 'express';

/** Runs an Express middleware on the little that authentication reads of a request. */
export function callMiddleware(middleware: RequestHandler, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, host: 'api.acme.example' };
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
