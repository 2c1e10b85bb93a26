import { userOf } from '@authly/express';
// #region with-principal
import { aUser, withPrincipal } from '@authly/testing';

const user = aUser({ userId: 'u-17', scopes: ['read:orders'] });
const req = withPrincipal({ params: { id: '17' } }, user);
// #endregion

export const seen: string = userOf(req).userId;
