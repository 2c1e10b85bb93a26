import { clientSecretPost } from '@authly/client';
import { glewlwyd } from '@authly/core/providers';
import { AUDIENCE, machine } from '../frame/api-under-test.ts';
import { tryOwnClient } from '../frame/own-client.ts';
import type { Workbench } from '../frame/workbench.ts';
import type { Glewlwyd } from './server.ts';
import { HYPHENATED } from './tokens.ts';

/** Tests `@authly/client` with a real Glewlwyd: a machine's tokens, not bound and bound. */
export async function tryOurClient(bench: Workbench, { issuer }: Glewlwyd): Promise<void> {
  const source = {
    issuer,
    client: clientSecretPost(HYPHENATED.id, HYPHENATED.secret),
    resource: AUDIENCE,
  };
  await tryOwnClient(bench, {
    check: 'a machine, by `@authly/client`',
    api: { issuer: glewlwyd(issuer) },
    source,
    expected: machine(HYPHENATED.id),
  });
  await tryOwnClient(bench, {
    check: 'a bound machine, by `@authly/client`',
    api: { issuer: glewlwyd(issuer), dpop: { mode: 'required', publicUrls: AUDIENCE } },
    source: { ...source, dpop: true },
    expected: machine(HYPHENATED.id),
  });
}
