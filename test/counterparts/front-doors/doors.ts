import { frameworks } from '../../support/frameworks.ts';
import { freePort } from '../frame/free-port.ts';
import { aBrowser } from '../sign-in.ts';

/** The origin of the application. Its pages may send requests that change something. */
export const APP = 'https://app.acme.com';

/** One text for each framework, by the framework's name. */
type ByFramework = Readonly<Record<string, string>>;

/** One front door for each framework, before its API, by the framework's name. */
export type Doors = Readonly<Record<string, { readonly port: number; readonly origin: string }>>;

/**
 * Chooses free ports for front doors. The authorization server must know them before the doors
 * start.
 */
export async function doorsToBe(): Promise<Doors> {
  const doors: [string, Doors[string]][] = [];
  for (const { name } of frameworks) {
    const port = await freePort();
    doors.push([name, { port, origin: `http://127.0.0.1:${port}` }]);
  }
  return Object.fromEntries(doors);
}

/** The origin of each door, by the framework's name. */
export function originsOf(doors: Doors): ByFramework {
  return Object.fromEntries(Object.entries(doors).map(([name, { origin }]) => [name, origin]));
}

/**
 * Signs a person in at each door. Returns the header `Cookie` for each door, by the framework's
 * name.
 */
export async function cookiesAt(doors: Doors, start: string, person: string): Promise<ByFramework> {
  const cookies: [string, string][] = [];
  for (const [name, { origin }] of Object.entries(doors)) {
    const browser = aBrowser();
    await browser.visit({
      start: new URL(start, origin),
      redirectUri: `${origin}/signed-in`,
      fields: { login: person, password: 'any' },
    });
    cookies.push([name, browser.cookie()]);
  }
  return Object.fromEntries(cookies);
}

/** Sends a request for `/me` to each door. */
export interface ToEachDoor {
  readonly method?: 'POST';
  readonly cookies?: ByFramework;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What each door answers: the status and, if the API refused the request, the code of the refusal.
 * Redirects are not followed.
 */
export async function answersOf(
  doors: ByFramework,
  { method, cookies = {}, headers = {} }: ToEachDoor = {},
): Promise<ByFramework> {
  const answers: [string, string][] = [];
  for (const [name, origin] of Object.entries(doors)) {
    const response = await fetch(`${origin}/me`, {
      redirect: 'manual',
      headers: { ...headers, cookie: cookies[name] ?? '' },
      ...(method !== undefined && { method }),
    });
    const [, code = ''] = /"error":\s*"(\w+)"/.exec(await response.text()) ?? [];
    answers.push([name, `${response.status} ${code}`.trim()]);
  }
  return Object.fromEntries(answers);
}

/** What each door answers to a POST from a page of `origin`. */
export function postsBy(
  doors: ByFramework,
  origin: string,
  cookies: ByFramework,
): Promise<ByFramework> {
  return answersOf(doors, { method: 'POST', cookies, headers: { origin } });
}
