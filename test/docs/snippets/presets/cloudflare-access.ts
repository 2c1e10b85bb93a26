// #region server
import { createResourceServer } from '@authly/express';
import { cloudflareAccess } from '@authly/express/providers';

const issuer = cloudflareAccess('https://acme.cloudflareaccess.com');
const audience = '32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228';
const resourceServer = createResourceServer({ issuer, audience });

// #endregion

export { issuer, resourceServer };
