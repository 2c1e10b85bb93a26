import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KubernetesOptions, kubernetes } from '@authly/core/providers';
import { tampered } from '@authly/testing';
import type { ServerCounterpart } from '../counterpart.ts';
import {
  type ApiUnderTest,
  AUDIENCE,
  machine,
  refused,
  withApis,
} from '../frame/api-under-test.ts';
import { makeAccount, tokenOf } from '../kubernetes/accounts.ts';
import { ISSUER, startApiServer, VERSION } from '../kubernetes/server.ts';

const CALLER = machine('system:serviceaccount:shop:nightly');
const TWO_YEARS_SEC = 63_072_000;

/** kube-apiserver itself, built from the Go module proxy; no node is needed. */
export const counterpart: ServerCounterpart = {
  description: `kube-apiserver ${VERSION}: tokens of service accounts, keys read as a pod reads them`,
  async run(bench) {
    const server = await startApiServer(bench);
    const account = await makeAccount(server);
    const ask = (request: Partial<Parameters<typeof tokenOf>[2]> = {}) =>
      tokenOf(server, account, { audience: AUDIENCE, ...request });

    // The files that a pod of the API has. The API uses them to read the keys.
    const tokenFile = join(bench.folder, 'token');
    const mounted = await ask({ audience: ISSUER, boundObjectRef: account.pod });
    writeFileSync(tokenFile, mounted, { mode: 0o600 });
    const inCluster = { apiServer: server.origin, tokenFile, caFile: server.caFile };
    const apiWith = (
      options: Pick<KubernetesOptions, 'keyBy' | 'maxLifetimeSec'>,
      meet: (api: ApiUnderTest) => Promise<void>,
    ) =>
      withApis(
        { issuer: kubernetes({ issuer: ISSUER, inCluster, ...options }), scoped: false },
        meet,
      );
    const invalid = (reason: string) => refused('invalid_token', reason);

    const token = await ask({ boundObjectRef: account.pod });
    const long = await ask({ expirationSeconds: TWO_YEARS_SEC });
    await apiWith({}, async ({ visitedBy }) => {
      const note = async (check: string, expected: string, shown?: string) =>
        bench.note(check, expected, await visitedBy({ token: shown }));
      await note("a pod's token", CALLER, token);
      await note('a token of the account, bound to no pod', CALLER, await ask());
      await note('a token of two years', CALLER, long);
      await note('a changed token', invalid('signature_invalid'), tampered(token));
      const elsewhere = await ask({ audience: 'https://letters.example' });
      await note('a token for another API', invalid('audience_mismatch'), elsewhere);
      await note('the token that every pod has', invalid('audience_mismatch'), mounted);
      await note('nobody', refused('missing_credentials', 'credentials_missing'));
    });
    await apiWith({ keyBy: 'uid', maxLifetimeSec: 3607 }, async ({ visitedBy }) => {
      bench.note(
        "a pod's token, `keyBy: 'uid'`, `maxLifetimeSec: 3607`",
        CALLER,
        await visitedBy({ token }),
      );
      bench.note(
        'a token of two years, `maxLifetimeSec: 3607`',
        invalid('type_not_accepted'),
        await visitedBy({ token: long }),
      );
    });
  },
};
