import {
  type AuthEvent,
  assertGuarded,
  authErrorHandler,
  authenticate,
  type CertificateSource,
  principalOf,
  requireScope,
  socketCertificate,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import express, { type Express } from 'express';

/** What differs between deployments, and in tests. */
export interface AppOptions {
  /** The authorization server, by its preset. It has to bind tokens: Keycloak, Spring, oidc-provider do. */
  readonly issuer: AudienceProvider;
  /** This API's identifier at the authorization server. */
  readonly audience: string;
  /**
   * Where the client's certificate is. Default: on the connection. Behind a proxy that ends TLS:
   * `headerCertificate({ format: 'nginx', proxies: ['10.0.0.0/8'] })`.
   */
  readonly certificate?: CertificateSource;
  /** Makes the requests for keys, such as `nodeFetch({ ca })`. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** Called for every token that was accepted or refused, with the reason. */
  readonly onEvent?: (event: AuthEvent) => void;
}

/** An API that accepts only tokens that are bound to the client certificate of their connection (RFC 8705). */
export function createApp(options: AppOptions): Express {
  const { issuer, audience, certificate = socketCertificate(), fetch, onEvent } = options;
  const app = express();
  app.disable('x-powered-by');

  // RFC 9440 §2.4: caches do not see the certificate, so they must not keep an answer that depends on it.
  app.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  app.use(
    authenticate({
      issuer,
      audience,
      mtls: { mode: 'required', certificate },
      ...(fetch && { fetch }),
      ...(onEvent && { onEvent }),
    }),
  );

  app.get('/me', (request, response) => {
    const { kind, clientId, scopes } = principalOf(request);
    response.json({ kind, clientId, scopes });
  });

  app.post('/payments', requireScope('write:payments'), (request, response) => {
    response.status(201).json({ paidBy: principalOf(request).key });
  });

  app.use(authErrorHandler());
  assertGuarded(app);
  return app;
}
