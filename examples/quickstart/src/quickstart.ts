import { API } from './authorization-server.ts';
import { REQUESTS, type SampleRequest } from './requests.ts';
import { type Row, send } from './send.ts';
import { type Stage, startStage } from './stage.ts';
import { formatTable } from './table.ts';
import { makeTokens, type Tokens } from './tokens.ts';

/** How to run the quickstart. */
export interface QuickstartOptions {
  readonly print: (text: string) => void;
  /** Width of the terminal; without it, nothing is shortened. */
  readonly columns?: number | undefined;
  /** Other requests than {@link REQUESTS}. */
  readonly requests?: readonly SampleRequest[];
  /** Keeps everything running until this resolves, and prints curl lines to copy. */
  readonly untilStopped?: (() => Promise<void>) | undefined;
}

/** Runs everything once. Resolves with the exit code: 0 when every row is as expected, else 1. */
export async function quickstart(options: QuickstartOptions): Promise<0 | 1> {
  const { print, columns, requests = REQUESTS, untilStopped } = options;
  const stage = await startStage();
  try {
    const { authorizationServer, apis } = stage;
    print(`Authorization server at ${authorizationServer.issuer.issuer}\n`);
    const tokens = await makeTokens(authorizationServer);
    const rows: Row[] = [];
    for (const api of apis) {
      print(`${api.name} API at ${api.url}\n`);
      const sent: Row[] = [];
      for (const request of requests) sent.push(await send(api, request, tokens));
      print(`${formatTable(sent, columns)}\n`);
      rows.push(...sent);
    }
    const wrong = rows.filter(({ asExpected }) => !asExpected);
    print(summary(rows.length, wrong));
    if (untilStopped !== undefined) {
      print(curlLines(stage, tokens));
      await untilStopped();
    }
    return wrong.length === 0 ? 0 : 1;
  } finally {
    await stage.close();
  }
}

function summary(count: number, wrong: readonly Row[]): string {
  if (wrong.length === 0) return `${count} requests, all as expected.`;
  const lines = wrong.map(({ request: { method, path, token, expected } }) => {
    const { status, seen, challenge } = expected;
    return `  ${method} ${path} (${token}): expected ${status}, ${seen}, challenge ${challenge}`;
  });
  return [`${count} requests, ${wrong.length} not as expected:`, ...lines].join('\n');
}

function curlLines({ apis, authorizationServer }: Stage, { user, machine }: Tokens): string {
  const { issuer, clientSecret } = authorizationServer;
  const [first, second] = apis;
  return [
    '\nStill running. Try, in another terminal:\n',
    '# the user',
    `curl -i ${first?.url}/me -H 'Authorization: Bearer ${user}'\n`,
    '# the machine',
    `curl -i ${second?.url}/orders -H 'Authorization: Bearer ${machine}'\n`,
    '# a new token for the machine',
    `curl -i ${issuer.metadata().token_endpoint} -u nightly-sync:${clientSecret} -d grant_type=client_credentials -d resource=${API}\n`,
    '# what APIs learn about the issuer',
    `curl -i ${issuer.issuer}/.well-known/oauth-authorization-server\n`,
    'Stop with Ctrl-C.',
  ].join('\n');
}
