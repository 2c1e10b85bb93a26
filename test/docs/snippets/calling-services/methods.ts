import { createPrivateKey, type KeyObject } from 'node:crypto';
// #region methods
import { readFile } from 'node:fs/promises';
import type { ClientAuthentication } from '@authly/client';
import {
  certificateFetch,
  clientSecretBasic,
  clientSecretPost,
  privateKeyJwt,
  tlsClientAuth,
  workloadToken,
} from '@authly/client';

/** The secret is a value, or a function that is asked at each request for a token. */
const basic = clientSecretBasic('orders-api', () => readFile('/run/secrets/orders-api', 'utf8'));
const post = clientSecretPost('orders-api', () => readFile('/run/secrets/orders-api', 'utf8'));

/** A key in the place of a secret: a private JWK or a KeyObject. */
const assertion = (key: KeyObject) => privateKeyJwt('orders-api', key, { kid: '2026-11' });

/** A client certificate, read again when it is renewed. */
const certificate = tlsClientAuth('orders-api', {
  fetch: certificateFetch({
    certificate: () => readFile('/run/tls/tls.crt'),
    key: () => readFile('/run/tls/tls.key'),
  }),
});

/** The token that Kubernetes or SPIFFE gives this workload: no secret at all. */
const workload = workloadToken('orders-api', { path: '/var/run/secrets/tokens/authly' });
// #endregion

export const methods = (pem: string): readonly ClientAuthentication[] => [
  basic,
  post,
  assertion(createPrivateKey(pem)),
  certificate,
  workload,
];
