import { type TokenSource, type TokenSourceOptions, tokenSource } from '@authly/client';
import { type ApiOptions, AUDIENCE, SCOPE, withApis } from './api-under-test.ts';
import { textIn } from './json-members.ts';
import type { Answers, Workbench } from './workbench.ts';

/** The settings of our own client at another server. */
export interface OwnClient {
  readonly check: string;
  readonly api: ApiOptions;
  readonly source: Omit<TokenSourceOptions, 'origins' | 'scope' | 'fetch'>;
  /**
   * The token of the caller on whose behalf it calls the API. Without it, the client calls as
   * itself.
   */
  readonly subject?: string;
  readonly expected: string;
}

/**
 * Lets `@authly/client` get tokens from the server and call the API with them, in every framework.
 */
export async function tryOwnClient(
  bench: Workbench,
  { check, api, source: options, subject, expected }: OwnClient,
): Promise<void> {
  await withApis(api, async ({ origins }) => {
    const answers: [string, string][] = [];
    for (const [name, origin] of Object.entries(origins)) {
      const source = tokenSource({
        ...options,
        scope: SCOPE,
        origins: [AUDIENCE],
        // The API has a host name that only this process can resolve.
        fetch: (input, init) => fetch(String(input).replace(AUDIENCE, origin), init),
      });
      answers.push([
        name,
        await answerTo(subject === undefined ? source : source.onBehalfOf(subject)),
      ]);
      source.close();
    }
    const got: Answers = Object.fromEntries(answers);
    bench.note(check, expected, got);
  });
}

async function answerTo(source: Pick<TokenSource, 'fetch'>): Promise<string> {
  const response = await source.fetch(`${AUDIENCE}/me`);
  const body: unknown = await response.json();
  if (!response.ok) return `${response.status} ${textIn(body, 'error')}`;
  const [kind, userId, clientId] = ['kind', 'userId', 'clientId'].map((name) => textIn(body, name));
  return kind === 'user' ? `user ${userId} of ${clientId}` : `machine ${clientId}`;
}
