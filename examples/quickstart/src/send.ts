import type { AccessLogEntry } from '@authly-examples/express-api';
import type { SampleRequest } from './requests.ts';
import type { RunningApi } from './stage.ts';
import type { Tokens } from './tokens.ts';

/** A request that was sent, and its result. */
export interface Row {
  readonly request: SampleRequest;
  readonly status: number;
  /** Who the API saw. */
  readonly seen: string;
  /** `WWW-Authenticate` of the answer; empty when there is none. */
  readonly challenge: string;
  readonly asExpected: boolean;
}

/** Sends a request to an API and compares the answer with what is expected. */
export async function send(api: RunningApi, request: SampleRequest, tokens: Tokens): Promise<Row> {
  const { method, path, token, expected } = request;
  const logged = api.nextRequest();
  const response = await fetch(api.url + path, {
    method,
    headers: token === 'none' ? {} : { authorization: `Bearer ${tokens[token]}` },
  });
  await response.body?.cancel();
  const { status, headers } = response;
  const challenge = headers.get('www-authenticate') ?? '';
  const seen = seenAs((await logged).caller);
  return {
    request,
    status,
    seen,
    challenge,
    asExpected:
      status === expected.status &&
      seen === expected.seen &&
      kindOf(challenge) === expected.challenge,
  };
}

/** A caller in words: `user u-17 via web-app`, `client nightly-sync`, `nobody`. */
function seenAs(caller: AccessLogEntry['caller']): string {
  if (caller === undefined) return 'nobody';
  if (caller.kind === 'client') return `client ${caller.clientId}`;
  // Users of this issuer are `<provider>|<id>`, and all of these have the same provider.
  const [, id = caller.userId] = caller.userId.split('|');
  return `user ${id} via ${caller.clientId}`;
}

function kindOf(challenge: string): string {
  if (challenge === '') return 'none';
  return /\berror="([^"]*)"/.exec(challenge)?.[1] ?? 'bare';
}
