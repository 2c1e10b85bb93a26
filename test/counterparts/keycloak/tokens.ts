import { SCOPE } from '../frame/api-under-test.ts';
import {
  type BindingKey,
  machineToken,
  type Registered,
  signedIn,
  type Tokens,
} from '../frame/openid-login.ts';
import { aBrowser, type Browser } from '../sign-in.ts';
import { DANA, PASSWORD, REDIRECT_URI, registered } from './realm.ts';

/** The web application that most users sign in through. */
export const WEB: Registered = registered('courier-web');

/** How a {@link signInAt} differs from that of Dana in a browser of her own. */
export interface SignInOptions {
  readonly name?: string;
  readonly browser?: Browser;
  /** A key that the token is to be bound to. */
  readonly key?: BindingKey;
}

/** Signs a person in. */
export function signInAt(
  issuer: string,
  client: Registered,
  { name = DANA, browser = aBrowser(), key }: SignInOptions = {},
): Promise<Tokens> {
  return signedIn(issuer, {
    client,
    redirectUri: REDIRECT_URI,
    scope: `openid ${SCOPE}`,
    browser,
    fields: { username: name, password: PASSWORD },
    ...(key && { key }),
  });
}

/** A machine's token. */
export function machineAt(issuer: string, id: string, key?: BindingKey): Promise<string> {
  return machineToken(issuer, registered(id), { scope: SCOPE }, key);
}
