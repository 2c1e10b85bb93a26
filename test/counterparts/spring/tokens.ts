import { type AudienceProvider, spring } from '@authly/core/providers';
import { SCOPE } from '../frame/api-under-test.ts';
import {
  type BindingKey,
  machineToken,
  type Registered,
  signedIn,
  type Tokens,
} from '../frame/openid-login.ts';
import { aBrowser } from '../sign-in.ts';

/** A client of the server. Its secret is derived from its id. */
export function registered(id: string): Registered {
  return { id, secret: `a-secret-of-${id}` };
}

export const WEB: Registered = registered('courier-web');

/** The preset with the mark that the customizer sets, as docs/presets/spring.md says. */
export function springWithMark(issuer: string): AudienceProvider {
  return spring({
    issuer,
    classify: ({ caller_type: type }) => {
      if (type === 'human') return 'user';
      return type === 'machine' ? 'client' : 'refuse';
    },
  });
}

/** Signs a person in on the server's own page. */
export function signInAt(
  issuer: string,
  client: Registered,
  { name = 'dana', key }: { readonly name?: string; readonly key?: BindingKey } = {},
): Promise<Tokens> {
  return signedIn(issuer, {
    client,
    redirectUri: 'http://127.0.0.1:1/callback',
    scope: `openid ${SCOPE}`,
    browser: aBrowser(),
    fields: { username: name, password: 'a-password-of-a-person' },
    ...(key && { key }),
  });
}

/** Gets a machine's token. */
export function machineAt(issuer: string, id: string, key?: BindingKey): Promise<string> {
  return machineToken(issuer, registered(id), { scope: SCOPE }, key);
}
