import { memberIn, textIn } from '../frame/json-members.ts';
import type { ApiServer } from './server.ts';

const NAMESPACE = '/api/v1/namespaces/shop';

/** A service account, and a pod that runs as it. */
export interface Account {
  readonly name: string;
  /** The object to which a token for the pod is bound. */
  readonly pod: object;
}

/** Makes a namespace with a service account and a pod. */
export async function makeAccount({ post }: ApiServer): Promise<Account> {
  const name = 'nightly';
  await post('/api/v1/namespaces', { metadata: { name: 'shop' } });
  await post(`${NAMESPACE}/serviceaccounts`, { metadata: { name } });
  const pod = await post(`${NAMESPACE}/pods`, {
    metadata: { name: 'nightly-1' },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: false,
      containers: [{ name: 'sync', image: 'sync' }],
    },
  });
  const uid = textIn(memberIn(pod, 'metadata'), 'uid');
  return { name, pod: { kind: 'Pod', apiVersion: 'v1', name: 'nightly-1', uid } };
}

/** The options of a request for a token (TokenRequest). */
export interface TokenRequest {
  readonly audience: string;
  /** Default: an hour and seven seconds, as for pods. */
  readonly expirationSeconds?: number;
  readonly boundObjectRef?: object;
}

/** Requests a token of the account, as a node does on behalf of a pod. */
export async function tokenOf(
  { post }: ApiServer,
  { name }: Account,
  { audience, expirationSeconds = 3607, boundObjectRef }: TokenRequest,
): Promise<string> {
  const answer = await post(`${NAMESPACE}/serviceaccounts/${name}/token`, {
    spec: { audiences: [audience], expirationSeconds, ...(boundObjectRef && { boundObjectRef }) },
  });
  return textIn(memberIn(answer, 'status'), 'token');
}
