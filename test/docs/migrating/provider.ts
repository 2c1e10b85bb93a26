import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Outage, type ProviderTestIssuer, testIssuer } from '@authly/testing';

/** A provider on loopback: the libraries that are compared fetch its metadata and keys as in production. */
export interface Provider<Like extends 'auth0' | 'keycloak'> extends ProviderTestIssuer<Like> {
  readonly origin: string;
  readonly jwksUri: string;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  close(): Promise<void>;
}

const SHAPES = {
  auth0: { path: '/', jwks: '/.well-known/jwks.json' },
  keycloak: { path: '/realms/acme', jwks: '/realms/acme/protocol/openid-connect/certs' },
} as const;

/** Starts a provider that issues tokens like `like`, and answers 500 while it has an outage. */
export async function startProvider<Like extends 'auth0' | 'keycloak'>(
  like: Like,
): Promise<Provider<Like>> {
  const asked: string[] = [];
  let answer: (path: string) => Promise<Response> = async () => new Response('', { status: 500 });
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request.url ?? '').then(
      async (found) => {
        response.statusCode = found.status;
        response.setHeader('content-type', 'application/json');
        response.end(await found.text());
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const { path, jwks } = SHAPES[like];
  const issuer = testIssuer({ like, issuer: origin + path, jwksUri: origin + jwks });
  answer = (url) => issuer.fetch(origin + url);
  return { ...issuer, origin, jwksUri: origin + jwks, asked, close: () => closeServer(server) };
}

/** Runs `work` while the provider fails. */
export async function during<Result>(
  { outage }: { outage(kind: Outage): () => void },
  work: () => Promise<Result>,
): Promise<Result> {
  const end = outage('500');
  try {
    return await work();
  } finally {
    end();
  }
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
