import {
  type AuthEvent,
  assertGuarded,
  authErrorHandler,
  authenticate,
  principalOf,
} from '@authly/express';
import type { AudienceProvider } from '@authly/express/providers';
import type { RedisStores } from '@authly/redis';
import express, { type Express } from 'express';

/** What differs between deployments, and in tests. */
export interface AppOptions {
  /** The authorization server, by its preset. */
  readonly issuer: AudienceProvider;
  /** This API's identifier at the authorization server. */
  readonly audience: string;
  /** How clients reach this API: one address, whichever process answers. */
  readonly publicUrl: string;
  /** At least 32 bytes that nobody can guess, the same for all processes of this API. */
  readonly nonceSecret: string;
  /** What all processes share. */
  readonly stores: Pick<RedisStores, 'replay' | 'revocations'>;
  /** How long a request waits for them, in milliseconds. */
  readonly timeoutMs: number;
  /** The id of this process, which its responses show. */
  readonly worker: string;
  /** Called for every token that was accepted or refused, with the reason. */
  readonly onEvent?: (event: AuthEvent) => void;
}

/** One process of an API that accepts only bound tokens. Every process can serve every request. */
export function createApp(options: AppOptions): Express {
  const { issuer, audience, publicUrl, nonceSecret, stores, timeoutMs, worker, onEvent } = options;
  const app = express();
  app.disable('x-powered-by');

  app.use((_request, response, next) => {
    response.set('x-worker', worker);
    next();
  });
  app.use(
    authenticate({
      issuer,
      audience,
      dpop: {
        mode: 'required',
        publicUrls: publicUrl,
        // Made from a secret and the time, so that no process has to remember them.
        nonce: { secrets: [nonceSecret] },
        replay: stores.replay,
      },
      revocation: { store: stores.revocations, timeoutMs },
      ...(onEvent && { onEvent }),
    }),
  );

  app.get('/me', (request, response) => {
    response.json({ caller: principalOf(request).key });
  });

  app.post('/log-out-everywhere', async (request, response) => {
    await stores.revocations.revokePrincipal(principalOf(request).key);
    response.sendStatus(204);
  });

  app.use(authErrorHandler());
  assertGuarded(app);
  return app;
}
