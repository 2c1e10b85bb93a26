import { tampered } from '@authly/testing';
import { type Framework, frameworks } from '../support/frameworks.ts';
import { listen, type RunningServer } from '../support/requests.ts';
import type { RunningCounterpart } from './counterpart.ts';

/** The answers to one caller at one route, from the API in each framework. */
export interface Visit {
  readonly caller: string;
  readonly path: string;
  readonly expected: string;
  /** The status and the recognized caller, by the framework's name. */
  readonly answers: Readonly<Record<string, string>>;
}

/** The caller, the route and the expected result. */
const EXPECTED: readonly (readonly [caller: Caller, path: string, answer: string])[] = [
  ['user', '/me', '200 user'],
  ['user', '/people', '200 user'],
  ['user', '/machines', '403 forbidden'],
  ['machine', '/me', '200 client'],
  ['machine', '/people', '403 forbidden'],
  ['machine', '/machines', '200 client'],
  ['a changed token', '/me', '401 invalid_token'],
  ['nobody', '/me', '401 missing_credentials'],
];

type Caller = 'user' | 'machine' | 'a changed token' | 'nobody';

/** The names of the frameworks, in the order of the table's columns. */
export const columns: readonly string[] = frameworks.map(({ name }) => name);

/**
 * Sends each caller's token over HTTP to an API in every framework. The API trusts the counterpart.
 */
export async function visitApis(counterpart: RunningCounterpart): Promise<readonly Visit[]> {
  const user = await counterpart.userToken();
  const tokens: Readonly<Record<Caller, string | undefined>> = {
    user,
    machine: await counterpart.machineToken(),
    'a changed token': tampered(user),
    nobody: undefined,
  };
  const apis = await Promise.all(
    frameworks.map(async (framework) => ({
      name: framework.name,
      server: await serveApi(framework, counterpart),
    })),
  );
  try {
    return await Promise.all(
      EXPECTED.map(async ([caller, path, expected]) => {
        const answers = apis.map(async ({ name, server }) => {
          return [name, await answerTo(`${server.origin}${path}`, tokens[caller])] as const;
        });
        return { caller, path, expected, answers: Object.fromEntries(await Promise.all(answers)) };
      }),
    );
  } finally {
    for (const { server } of apis) server.close();
  }
}

/** Whether every framework gave the expected answer to a visit. */
export function isAsExpected({ answers, expected }: Visit): boolean {
  return columns.every((name) => answers[name] === expected);
}

function serveApi(
  { authenticate, createApp, kit }: Framework,
  { issuer, audience }: RunningCounterpart,
): Promise<RunningServer> {
  const app = createApp(({ use, route }) => {
    use(authenticate({ issuer, audience }));
    route('/me', ({ principal }) => principal);
    route('/people', kit.requireUser(), ({ principal }) => principal);
    route('/machines', kit.requireClient(), ({ principal }) => principal);
  });
  return listen(app.listener);
}

async function answerTo(url: string, token: string | undefined): Promise<string> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers });
  const body: unknown = await response.json();
  return `${response.status} ${wordOf(body)}`;
}

function wordOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  if ('kind' in body) return String(body.kind);
  return 'error' in body ? String(body.error) : '';
}
