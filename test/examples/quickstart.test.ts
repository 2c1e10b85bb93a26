import {
  formatTable,
  type QuickstartOptions,
  quickstart,
  REQUESTS,
  shortenChallenge,
} from '@authly-examples/quickstart';
import { describe, expect, it } from 'vitest';
import { runExample } from './child.ts';

/** Runs it in this process. */
async function run(options: Partial<QuickstartOptions> = {}) {
  const printed: string[] = [];
  const print = (text: string) => printed.push(text);
  const exitCode = await quickstart({ print, ...options });
  return { exitCode, printed, text: printed.join('\n') };
}

const tableRows = (text: string) => text.split('\n').filter((line) => /^(?:GET|POST) /.test(line));

describe('the quickstart', () => {
  it('ends with exit code 0 and a row for every request to both APIs, started with --once', async () => {
    const { exitCode, stdout, stderr } = await runExample('quickstart', { args: ['--once'] }).ended;
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(tableRows(stdout)).toHaveLength(2 * REQUESTS.length);
    expect(stdout).toMatch(/^GET {2}\/me +user +user u-17 via web-app +200$/m);
    expect(stdout).toMatch(/^GET {2}\/me +machine +client nightly-sync +403$/m);
    expect(stdout).toMatch(/^GET {2}\/orders +none +nobody +401 +Bearer realm="api"$/m);
    expect(stdout).toMatch(
      /^GET {2}\/orders +expired +nobody +401 .*"The access token has expired"$/m,
    );
    expect(stdout).toContain(`${2 * REQUESTS.length} requests, all as expected.`);
    expect(stdout).not.toContain('curl');
  }, 30_000);

  it.each([
    ['status', { status: 500 }],
    ['caller', { seen: 'client web-app' }],
    ['challenge', { challenge: 'bare' }],
  ] as const)(
    'gives exit code 1 and says what was expected when the %s is wrong',
    async (_, wrong) => {
      const [first, ...others] = REQUESTS.slice(0, 3);
      if (first === undefined) throw new Error('The quickstart sends nothing');
      const expected = { ...first.expected, ...wrong };
      const { exitCode, text } = await run({ requests: [{ ...first, expected }, ...others] });
      expect(exitCode).toBe(1);
      expect(text).toContain('6 requests, 2 not as expected:');
      expect(text).toContain(
        `GET /me (user): expected ${expected.status}, ${expected.seen}, challenge ${expected.challenge}`,
      );
      expect(tableRows(text).filter((line) => line.includes('200!'))).toHaveLength(2);
    },
  );

  it('prints curl lines that work while it stays up', async () => {
    const printed: string[] = [];
    const answers: unknown[] = [];
    await quickstart({
      requests: [],
      print: (text) => printed.push(text),
      untilStopped: async () => {
        const lines = printed
          .join('\n')
          .split('\n')
          .filter((line) => line.startsWith('curl '));
        for (const line of lines) answers.push(await curl(line));
      },
    });
    expect(answers).toEqual([
      [200, expect.objectContaining({ user: 'acme|u-17', via: 'web-app' })],
      [200, []],
      [200, expect.objectContaining({ token_type: 'Bearer' })],
      [200, expect.objectContaining({ grant_types_supported: ['client_credentials'] })],
    ]);
  });

  it('is not wider than the terminal', async () => {
    const { exitCode, text } = await run({ columns: 80 });
    expect(exitCode).toBe(0);
    const rows = tableRows(text);
    expect(rows.filter((line) => line.length > 80)).toEqual([]);
    expect(rows.filter((line) => line.endsWith(' 401     invalid_token'))).toHaveLength(8);
  });
});

describe('formatTable', () => {
  it('aligns the columns and leaves no space at the ends of lines', () => {
    const [request] = REQUESTS;
    if (request === undefined) throw new Error('The quickstart sends nothing');
    const row = {
      request,
      status: 200,
      seen: 'user u-17 via web-app',
      challenge: '',
      asExpected: true,
    };
    expect(formatTable([row])).toBe(
      [
        'REQUEST   TOKEN  WHO WAS SEEN           STATUS  CHALLENGE',
        'GET  /me  user   user u-17 via web-app  200',
      ].join('\n'),
    );
  });
});

describe('shortenChallenge', () => {
  const challenge =
    'Bearer realm="api", error="insufficient_scope", error_description="Too long", scope="read:users"';

  it.each([
    [challenge.length, challenge],
    [challenge.length - 1, 'Bearer realm="api", error="insufficient_scope", scope="read:users"'],
    [30, 'insufficient_scope'],
    [10, 'insuffici…'],
  ])('fits a challenge into %d characters', (width, expected) => {
    expect(shortenChallenge(challenge, width)).toBe(expected);
  });
});

/** Does what curl would do with one of the printed lines. */
async function curl(line: string): Promise<readonly [status: number, body: unknown]> {
  const [, url = ''] = /^curl -i (\S+)/.exec(line) ?? [];
  const [, bearer] = /-H 'Authorization: (Bearer \S+)'/.exec(line) ?? [];
  const [, user] = / -u (\S+)/.exec(line) ?? [];
  const form = [...line.matchAll(/ -d ([^=\s]+)=(\S+)/g)].map(([, name = '', value = '']) => [
    name,
    value,
  ]);
  const authorization =
    user === undefined ? bearer : `Basic ${Buffer.from(user).toString('base64')}`;
  const response = await fetch(url, {
    headers: authorization === undefined ? {} : { authorization },
    ...(form.length > 0 && { method: 'POST', body: new URLSearchParams(Object.fromEntries(form)) }),
  });
  return [response.status, await response.json()];
}
