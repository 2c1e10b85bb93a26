import { tampered } from '@authly/testing';
import { AUDIENCE, machine, refused, SCOPE, user, withApis } from '../frame/api-under-test.ts';
import { aKey, exchangedToken, refreshedToken } from '../frame/openid-login.ts';
import type { Workbench } from '../frame/workbench.ts';
import { machineAt, registered, signInAt, springWithMark, WEB } from './tokens.ts';

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

/** Tests the preset with JWTs of the real server, bound and not bound. */
export async function tryJwts(bench: Workbench, issuer: string): Promise<void> {
  const dana = await signInAt(issuer, WEB);
  const invalid = (reason: string) => refused('invalid_token', reason);
  await withApis({ issuer: springWithMark(issuer) }, async ({ visitedBy }) => {
    const note = async (check: string, expected: string, token?: string) =>
      bench.note(check, expected, await visitedBy({ token }));
    await note('a user, by the mark of the customizer', user('dana', WEB.id), dana.accessToken);
    const sync = await machineAt(issuer, 'nightly-sync');
    await note('a machine, by that mark', machine('nightly-sync'), sync);
    for (const name of ['nightly-sync', WEB.id]) {
      const twin = await signInAt(issuer, WEB, { name });
      await note(`a user named like the client ${name}`, user(name, WEB.id), twin.accessToken);
    }
    const exchanged = await exchangedToken(issuer, registered('gateway'), {
      subject_token: dana.accessToken,
      subject_token_type: ACCESS_TOKEN,
      actor_token: sync,
      actor_token_type: ACCESS_TOKEN,
      scope: SCOPE,
    });
    await note("a user's token, exchanged", user('dana', 'gateway'), exchanged);
    await note('an ID token', invalid('type_not_accepted'), dana.idToken);
    await note('a refresh token', invalid('token_malformed'), dana.refreshToken);
    await note('a changed token', invalid('signature_invalid'), tampered(dana.accessToken));
    const plain = await machineAt(issuer, 'plain-sync');
    await note('a token without the customizer', invalid('audience_mismatch'), plain);
    await note('nobody', refused('missing_credentials', 'credentials_missing'));
  });
  await tryProofs(bench, issuer);
}

async function tryProofs(bench: Workbench, issuer: string): Promise<void> {
  const [key, other] = [await aKey(), await aKey()];
  const { accessToken: token, refreshToken } = await signInAt(issuer, WEB, { key });
  const machines = await machineAt(issuer, 'nightly-sync', key);
  const options = { issuer: springWithMark(issuer), dpop: { publicUrls: AUDIENCE } };
  await withApis(options, async ({ visitedBy }) => {
    bench.note('a bound user', user('dana', WEB.id), await visitedBy({ token, key }));
    bench.note(
      'a bound machine',
      machine('nightly-sync'),
      await visitedBy({ token: machines, key }),
    );
    bench.note(
      'a bound token as a Bearer token',
      refused('invalid_token', 'binding_scheme_mismatch'),
      await visitedBy({ token }),
    );
    bench.note(
      "a bound token with another key's proof",
      refused('invalid_token', 'binding_mismatch'),
      await visitedBy({ token, key: other }),
    );
  });
  // This is the pitfall that docs/presets/spring.md describes.
  const unbound = await refreshedToken(issuer, WEB, refreshToken);
  const required = { ...options, dpop: { ...options.dpop, mode: 'required' } } as const;
  await withApis(required, async ({ visitedBy }) => {
    bench.note(
      "a bound token, refreshed without a proof, `dpop: 'required'`",
      refused('invalid_token', 'binding_required'),
      await visitedBy({ token: unbound }),
    );
  });
}
