// Every entry point, in an application of its own types. An @ts-expect-error tells a type from an any.
import { clientSecretBasic, tokenSource } from '@authly/client';
import * as core from '@authly/core';
import { type AdmissionMode, admissionOf } from '@authly/core/adapter';
import { privateKeyJwt } from '@authly/core/client';
import * as jwt from '@authly/core/jwt';
import { fileKeySnapshots as snapshotsOfCore } from '@authly/core/node';
import { rfc9068 } from '@authly/core/providers';
import { authenticate, isAuthError, principalOf, requireScope, requireUser } from '@authly/express';
import * as plain from '@authly/express/no-global';
import { fileKeySnapshots } from '@authly/express/node';
import { auth0 } from '@authly/express/providers';
import * as koa from '@authly/koa';
import { fileKeySnapshots as snapshotsOfKoa } from '@authly/koa/node';
import { keycloak } from '@authly/koa/providers';
import { toAuthInfo } from '@authly/mcp';
import { redisStores } from '@authly/redis';
import { backChannelLogout } from '@authly/signals';

import express = require('express');
import Koa = require('koa');

const keySnapshots = fileKeySnapshots({ directory: '/var/lib/api' });
const app = express();
app.use(
  authenticate({
    issuer: auth0('acme.eu.auth0.com'),
    audience: 'https://api.acme.test',
    keySnapshots,
  }),
);
app.get('/users', requireScope('read:users'), requireUser(), plain.requireRole('a'), (req, res) => {
  const caller = principalOf(req);
  // @ts-expect-error: a principal is no any
  caller.userId;
  // @ts-expect-error: nor is the property of the request
  req.principal.key;
  const { token } = toAuthInfo(caller, caller.key, { resource: undefined });
  res.json({ token });
});
const onError: express.ErrorRequestHandler = (error: unknown, _req, res, next) => {
  if (!isAuthError(error)) return next(error);
  const status: number = error.status;
  res.status(status).set(error.headers).json(error);
};
app.use(onError);

const options = {
  issuer: keycloak('https://sso.acme.test/realms/acme'),
  audience: 'https://api.acme.test',
};
const stateful = new Koa<{ requestId: string }>();
stateful.use(koa.authenticate(options)).use((ctx) => {
  const text: string = ctx.state.principal.key;
  ctx.body = text + ctx.state.requestId;
});

export const billing = tokenSource({
  issuer: 'https://as.acme.test',
  client: clientSecretBasic('orders', 's-1'),
  resource: 'https://billing.acme.test',
});
export const expiry = async (): Promise<number | undefined> => {
  const { expiresAt } = await billing.token();
  return expiresAt;
};
const { revocations } = redisStores({ command: async () => 1, prefix: 'orders' });
export const logout = backChannelLogout({ issuer: options.issuer, clientId: 'web', revocations });

export const others = [
  privateKeyJwt,
  snapshotsOfCore,
  snapshotsOfKoa,
  rfc9068,
  core.createResourceServer,
  jwt,
] as const;
export const admission = (mode: AdmissionMode) => admissionOf(mode);
