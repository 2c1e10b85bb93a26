import { clientSecretBasic } from '@authly/client';
import { AUDIENCE, machine, user } from '../frame/api-under-test.ts';
import { tryOwnClient } from '../frame/own-client.ts';
import type { Workbench } from '../frame/workbench.ts';
import { registered, signInAt, springWithMark, WEB } from './tokens.ts';

/**
 * Tests `@authly/client` with the real server: for itself, with bound tokens, and on behalf of a
 * user.
 */
export async function tryOurClient(bench: Workbench, issuer: string): Promise<void> {
  const client = (id: string) => clientSecretBasic(id, registered(id).secret);
  const preset = springWithMark(issuer);
  await tryOwnClient(bench, {
    check: 'a machine, by `@authly/client`',
    api: { issuer: preset },
    source: { issuer, client: client('nightly-sync') },
    expected: machine('nightly-sync'),
  });
  await tryOwnClient(bench, {
    check: 'a bound machine, by `@authly/client`',
    api: { issuer: preset, dpop: { mode: 'required', publicUrls: AUDIENCE } },
    source: { issuer, client: client('nightly-sync'), dpop: true },
    expected: machine('nightly-sync'),
  });
  await tryOwnClient(bench, {
    check: 'on behalf of a user, by `@authly/client`',
    api: { issuer: preset },
    source: { issuer, client: client('gateway') },
    subject: (await signInAt(issuer, WEB)).accessToken,
    expected: user('dana', 'gateway'),
  });
}
