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

/** Options of {@link signInAt}. By default Dana signs in, in a new browser. */
export interface SignInOptions {
  readonly name?: string;
  readonly browser?: Browser;
  /** The key to which the token will be bound. */
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

/** Gets a machine's token. */
export function machineAt(issuer: string, id: string, key?: BindingKey): Promise<string> {
  return machineToken(issuer, registered(id), { scope: SCOPE }, key);
}
