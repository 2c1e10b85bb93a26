import type { Issuer } from '@authly/issuer';
import type { Request, Response } from 'express';

/** A route that hands out a token to a user whom the application knows. */
export function tokenRoute(issuer: Issuer, signedIn: (request: Request) => string) {
  return async (req: Request, res: Response): Promise<void> => {
    // #region user-token
    const token = await issuer.userToken({
      identity: { provider: 'acme', externalId: signedIn(req) },
      clientId: 'web-app',
      audience: 'https://orders.acme.com',
      scopes: ['read:orders'],
    });
    res.json({ access_token: token.accessToken, expires_in: token.expiresInSec });
    // #endregion
  };
}
