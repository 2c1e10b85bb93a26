import { createResourceServer } from '../../src/create-resource-server.ts';
import { AuthError } from '../../src/model/errors.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';
import type { ResourceServer } from '../../src/resource-server.ts';

/** What an application's own resource server, or a test double, may give: values and any thenable. */
export interface Answers {
  readonly authenticate?: () => unknown;
  readonly authenticateOptional?: () => unknown;
}

/** A resource server that gives the configured answers. It has no keys. */
export function anAnsweringServer(answers: Answers = {}): ResourceServer<unknown> {
  const server = createResourceServer({
    issuer: rfc9068({ issuer: 'https://as.example.com', jwksUri: 'https://as.example.com/jwks' }),
    audience: 'https://api.example.com',
  });
  server.close();
  const refuse = () => {
    throw new AuthError('credentials_missing');
  };
  const { authenticate = refuse, authenticateOptional = () => undefined } = answers;
  // Set by name, so that no other method of the server is used instead.
  const members = Object.fromEntries(Object.entries(server));
  return { ...members, authenticate, authenticateOptional } as unknown as ResourceServer<unknown>;
}

/** A thenable that settles like a promise, and whose `then` returns nothing. */
export function aThenable(settled: Promise<unknown>): object {
  const then = (...callbacks: Parameters<Promise<unknown>['then']>) => {
    void settled.then(...callbacks);
  };
  return Object.defineProperty({}, 'then', { value: then });
}
