import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { afterAll } from 'vitest';
import { listen } from './requests.ts';

/** A question that an endpoint was asked. */
export interface AskedQuestion {
  readonly form: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

/** What an endpoint answers: an object is sent as JSON with status 200. */
export type EndpointAnswer =
  | Readonly<Record<string, unknown>>
  | ((question: AskedQuestion, response: ServerResponse) => unknown);

/** An introspection endpoint on loopback (RFC 7662), with metadata that name it. */
export interface IntrospectionEndpoint {
  /** The issuer of the metadata. */
  readonly issuer: string;
  readonly url: string;
  /** What it was asked, in order. */
  readonly questions: readonly AskedQuestion[];
  /** The tokens that it was asked about, in order. */
  readonly tokens: readonly (string | null)[];
  /** Sets the answer about every token from now on. */
  answer(answer: EndpointAnswer): void;
  /** The same for one token. */
  answerAbout(token: string, answer: EndpointAnswer): void;
  /** How many questions are open, and how many were at most. */
  readonly open: number;
  readonly mostOpen: number;
  close(): void;
}

const all: IntrospectionEndpoint[] = [];

afterAll(() => {
  for (const endpoint of all.splice(0)) endpoint.close();
});

/** Starts an endpoint that calls every token inactive; closed after the file's tests. */
export async function anIntrospectionEndpoint(
  metadata: Readonly<Record<string, unknown>> = {},
): Promise<IntrospectionEndpoint> {
  const server = await listen();
  const url = `${server.origin}/introspect`;
  const questions: AskedQuestion[] = [];
  const about = new Map<string, EndpointAnswer>();
  let general: EndpointAnswer = { active: false };
  let open = 0;
  let mostOpen = 0;

  const serve: RequestListener = async (request, response) => {
    if (request.url !== '/introspect') {
      const found = request.url === '/.well-known/openid-configuration';
      const document = { issuer: server.origin, introspection_endpoint: url, ...metadata };
      response.statusCode = found ? 200 : 404;
      response.end(JSON.stringify(found ? document : {}));
      return;
    }
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    response.on('close', () => {
      open -= 1;
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(request, 'end');
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const question = { form, headers: request.headers };
    questions.push(question);
    const answer = about.get(form.get('token') ?? '') ?? general;
    if (typeof answer === 'function') {
      await answer(question, response);
      return;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  };
  server.serve(serve);

  const endpoint: IntrospectionEndpoint = {
    issuer: server.origin,
    url,
    questions,
    get tokens() {
      return questions.map(({ form }) => form.get('token'));
    },
    answer(answer) {
      general = answer;
    },
    answerAbout(token, answer) {
      about.set(token, answer);
    },
    get open() {
      return open;
    },
    get mostOpen() {
      return mostOpen;
    },
    close: () => server.close(),
  };
  all.push(endpoint);
  return endpoint;
}

/** Answers with a status, a text and headers. */
export function answering(
  status: number,
  body: string | Uint8Array = '',
  headers: Readonly<Record<string, string>> = {},
): EndpointAnswer {
  return (_question, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}
