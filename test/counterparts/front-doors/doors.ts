import { frameworks } from '../../support/frameworks.ts';
import { freePort } from '../frame/free-port.ts';
import type { Answers } from '../frame/workbench.ts';
import { aBrowser } from '../sign-in.ts';

/** The application in front of the API, whose pages may send what changes something. */
export const APP = 'https://app.acme.com';

/** Front doors of one kind, one before the API of each framework, by its name. */
export type Doors = Readonly<Record<string, { readonly port: number; readonly origin: string }>>;

/** Ports for front doors that will be started: an authorization server wants to know them first. */
export async function doorsToBe(): Promise<Doors> {
  const doors: [string, Doors[string]][] = [];
  for (const { name } of frameworks) {
    const port = await freePort();
    doors.push([name, { port, origin: `http://127.0.0.1:${port}` }]);
  }
  return Object.fromEntries(doors);
}

/** Where the doors are, by the framework's name. */
export function originsOf(doors: Doors): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(doors).map(([name, { origin }]) => [name, origin]));
}

/** Signs a person in at a door, and gives the header `Cookie`. Doors with one secret take each other's. */
export async function cookieAt(doors: Doors, startPath: string, person: string): Promise<string> {
  const [{ origin } = { origin: '' }] = Object.values(doors);
  const browser = aBrowser();
  await browser.visit({
    start: new URL(startPath, origin),
    redirectUri: `${origin}/signed-in`,
    fields: { login: person, password: 'any' },
  });
  return browser.cookie();
}

/** What each door answers to a POST by a page of `origin`: the status, and the refusal's code. */
export function postBy(
  doors: Readonly<Record<string, string>>,
  origin: string,
  cookie: string,
): Promise<Answers> {
  return answersOf(doors, { method: 'POST', headers: { cookie, origin } });
}

/** What each door answers to `/me`: the status, and the refusal's code where it is ours. */
export async function answersOf(
  doors: Readonly<Record<string, string>>,
  init: RequestInit,
): Promise<Answers> {
  const answers: [string, string][] = [];
  for (const [name, origin] of Object.entries(doors)) {
    const response = await fetch(`${origin}/me`, { ...init, redirect: 'manual' });
    const [, code = ''] = /"error":\s*"(\w+)"/.exec(await response.text()) ?? [];
    answers.push([name, `${response.status} ${code}`.trim()]);
  }
  return Object.fromEntries(answers);
}
