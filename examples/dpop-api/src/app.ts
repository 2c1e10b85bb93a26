import {
  type AuthEvent,
  assertGuarded,
  authErrorHandler,
  authenticate,
  DPOP_CORS,
  principalOf,
  type ReplayStore,
  requireScope,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import cors from 'cors';
import express, { type Express } from 'express';

/** What differs between deployments, and in tests. */
export interface AppOptions {
  /** The authorization server, by its preset. It has to bind tokens: Keycloak, Auth0, Okta, oidc-provider do. */
  readonly issuer: AudienceProvider;
  /** This API's identifier at the authorization server. */
  readonly audience: string;
  /** How clients reach this API, with the path prefix that a proxy takes away, if any. */
  readonly publicUrl: string;
  /** At least 32 bytes that nobody can guess, the same for all processes of this API. */
  readonly nonceSecret: string;
  /** Where used proofs are remembered. Default: in this process, which is right for one process alone. */
  readonly replay?: ReplayStore;
  /** Web pages that call this API. Default: none. */
  readonly origins?: readonly string[];
  /** Called for every token that was accepted or refused, with the reason. */
  readonly onEvent?: (event: AuthEvent) => void;
}

/** An API that serves bound tokens alone, each request with a proof of its own and a nonce of this API. */
export function createApp(options: AppOptions): Express {
  const { issuer, audience, publicUrl, nonceSecret, replay, origins = [], onEvent } = options;
  const app = express();
  app.disable('x-powered-by');

  // Before `authenticate`: a browser's preflight request carries no token.
  app.use(cors({ origin: [...origins], ...DPOP_CORS }));
  app.use(
    authenticate({
      issuer,
      audience,
      dpop: {
        mode: 'required',
        publicUrls: publicUrl,
        nonce: { secrets: [nonceSecret] },
        ...(replay && { replay }),
      },
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
