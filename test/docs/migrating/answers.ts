import type { RequestListener } from 'node:http';
import supertest from 'supertest';

/** What `supertest` takes. */
export type Api = RequestListener;

/** What a client sends. */
export interface Sent {
  readonly token?: string | undefined;
  readonly authorization?: string | undefined;
  readonly path?: string;
  readonly method?: 'GET' | 'POST' | 'OPTIONS';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
}

/** What it gets back. */
export interface Answer {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export async function ask(api: Api, sent: Sent = {}): Promise<Answer> {
  const { path = '/', token, headers = {}, form } = sent;
  const authorization = sent.authorization ?? (token && `Bearer ${token}`);
  const agent = supertest(api);
  const method = sent.method ?? (form ? 'POST' : 'GET');
  const request = { GET: agent.get(path), POST: agent.post(path), OPTIONS: agent.options(path) }[
    method
  ].set(headers);
  if (authorization) request.set('authorization', authorization);
  const response = form ? await request.type('form').send(form) : await request;
  return {
    status: response.status,
    challenge: response.headers['www-authenticate'],
    retryAfter: response.headers['retry-after'],
    body: response.body,
    text: response.text,
  };
}

/** The two statuses: theirs, ours. */
export async function statuses(
  theirs: Api,
  ours: Api,
  sent: Sent = {},
): Promise<readonly number[]> {
  return [(await ask(theirs, sent)).status, (await ask(ours, sent)).status];
}
