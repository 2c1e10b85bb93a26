import { Agent, createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES } from '../../src/http/body.ts';
import { type Form, readForm as readAnyForm } from '../../src/http/form.ts';
import { isFormError } from '../../src/http/form-error.ts';
import type { HandlerRequest } from '../../src/http/handler.ts';
import { aFormRequest as aRequest, chunks, FORM_TYPE } from './form-requests.ts';

/** As a token endpoint reads. */
function readForm(request: HandlerRequest): Promise<Form> {
  return readAnyForm(request, { repeatable: ['resource'] });
}

/** The fault of a body; fails when there is none, or when something else is thrown. */
async function rejection(form: Promise<Form>): Promise<unknown> {
  const outcome = await form.catch((error: unknown) => error);
  return isFormError(outcome) ? outcome : expect.unreachable('there is no FormError');
}

function read(form: Form, names: readonly string[]): Record<string, readonly string[]> {
  return Object.fromEntries(names.map((name) => [name, form.all(name)]));
}

describe('readForm', () => {
  it.each([
    ['a=1&b=2', { a: ['1'], b: ['2'] }],
    ['a=b+c%2B%20', { a: ['b c+ '] }],
    ['a=%C3%A4', { a: ['ä'] }],
    ['a=ä', { a: ['ä'] }],
    ['a=b=c', { a: ['b=c'] }],
    ['&&a=1&', { a: ['1'] }],
    ['a=', { a: [] }],
    ['a', { a: [] }],
    ['', { a: [] }],
    ['resource=x&resource=y&resource=', { resource: ['x', 'y'] }],
    ['__proto__=1&constructor=2', { ['__proto__']: ['1'], constructor: ['2'], toString: [] }],
    ['a%5Bb%5D=1', { 'a[b]': ['1'], a: [] }],
  ])('reads %j', async (body, expected) => {
    expect(read(await readForm(aRequest({ body })), Object.keys(expected))).toEqual(expected);
  });

  it('reads back what the platform encodes', async () => {
    const word = fc.string({ unit: 'binary' });
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(word, word),
        fc.integer({ min: 1, max: 9 }),
        async (fields, size) => {
          const body = new URLSearchParams(fields).toString();
          const request = { ...aRequest(), stream: chunks(Buffer.from(body), size) };
          const form = await readForm(request);
          for (const [name, value] of Object.entries(fields)) {
            expect(form.get(name) ?? '').toBe(value);
          }
        },
      ),
    );
  });

  it('reads a form or throws a FormError for any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (body) => {
        const outcome = await readForm(aRequest({ body })).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(isFormError(outcome)).toBe(true);
        else expect(outcome).toHaveProperty('get');
      }),
    );
  });

  it('reads the same from a parsed body as from the bytes', async () => {
    const word = fc.stringMatching(/^[a-z+%& =ä]{1,6}$/);
    await fc.assert(
      fc.asyncProperty(fc.dictionary(word, word, { minKeys: 1 }), async (fields) => {
        const names = Object.keys(fields);
        const body = new URLSearchParams(fields).toString();
        const fromBytes = await readForm(aRequest({ body }));
        for (const parsedBody of [fields, body, Buffer.from(body)]) {
          expect(read(await readForm(aRequest({ parsedBody })), names)).toEqual(
            read(fromBytes, names),
          );
        }
      }),
    );
  });

  it.each([
    ['a&a=1', 'parameter_repeated'],
    ['a=1&a=1', 'parameter_repeated'],
    ['scope=a&grant_type=x&scope=', 'parameter_repeated'],
    [Buffer.from([0x61, 0x3d, 0xff]), 'body_malformed'],
    [`a=${'x'.repeat(MAX_BODY_BYTES)}`, 'body_too_large'],
  ])('refuses a body: %#', async (body, reason) => {
    expect(await rejection(readForm(aRequest({ body })))).toMatchObject({
      reason,
    });
  });

  it('reads a body of exactly 64 KiB', async () => {
    const form = await readForm(aRequest({ body: `a=${'x'.repeat(MAX_BODY_BYTES - 2)}` }));
    expect(form.get('a')).toHaveLength(MAX_BODY_BYTES - 2);
  });

  it.each([
    [
      { a: '1', resource: ['x', 'y'] },
      { a: ['1'], resource: ['x', 'y'] },
    ],
    [Object.assign(Object.create(null), { a: '1' }), { a: ['1'] }],
    [{ a: '' }, { a: [] }],
    [{ resource: [] }, { resource: [] }],
  ])('reads a parsed body: %j', async (parsedBody, expected) => {
    expect(read(await readForm(aRequest({ parsedBody })), Object.keys(expected))).toEqual(expected);
  });

  it.each([
    [{ a: ['1', '2'] }, 'parameter_repeated'],
    [{ a: { b: '1' } }, 'body_malformed'],
    [{ a: 1 }, 'body_malformed'],
    [{ a: null }, 'body_malformed'],
    [{ resource: [{ x: 'y' }] }, 'body_malformed'],
    [['a'], 'body_malformed'],
    [null, 'body_malformed'],
    [7, 'body_malformed'],
    ['a=1&a=2', 'parameter_repeated'],
    [`a=${'x'.repeat(MAX_BODY_BYTES)}`, 'body_too_large'],
    [Buffer.alloc(MAX_BODY_BYTES + 1, 'a'), 'body_too_large'],
  ])('refuses a parsed body: %#', async (parsedBody, reason) => {
    expect(await rejection(readForm(aRequest({ parsedBody })))).toMatchObject({ reason });
  });

  it.each([
    FORM_TYPE,
    'Application/X-WWW-Form-Urlencoded',
    `${FORM_TYPE}; charset=utf-8`,
    `${FORM_TYPE};charset=UTF-8`,
    `${FORM_TYPE} ; charset="utf-8"`,
    `${FORM_TYPE};`,
  ])('accepts the content type %j', async (contentType) => {
    const form = await readForm(
      aRequest({ headers: { 'content-type': contentType }, body: 'a=1' }),
    );
    expect(form.get('a')).toBe('1');
  });

  it.each([
    'application/json',
    'text/plain',
    'multipart/form-data; boundary=x',
    `${FORM_TYPE}; charset=latin1`,
    `${FORM_TYPE}; charset=utf-16`,
    `${FORM_TYPE}x`,
    `x${FORM_TYPE}`,
    `${FORM_TYPE}, application/json`,
    '',
    [FORM_TYPE, FORM_TYPE],
  ])('refuses the content type %j, also of a parsed body', async (contentType) => {
    const headers = { 'content-type': contentType };
    for (const parts of [{ body: 'a=1' }, { parsedBody: { a: '1' } }]) {
      expect(await rejection(readForm(aRequest({ headers, ...parts })))).toMatchObject({
        reason: 'content_type_unsupported',
      });
    }
  });

  it('refuses a request without content type', async () => {
    const request = { ...aRequest(), header: () => undefined };
    expect(await rejection(readForm(request))).toMatchObject({
      reason: 'content_type_unsupported',
    });
  });

  it('refuses by content length before it reads', async () => {
    const unread = (async function* (): AsyncGenerator<Uint8Array> {
      yield expect.unreachable('it was read');
    })();
    const headers = { 'content-length': String(MAX_BODY_BYTES + 1) };
    const request = { ...aRequest({ headers }), stream: unread };
    expect(await rejection(readForm(request))).toMatchObject({ reason: 'body_too_large' });
  });

  it('does not wait for the end of a body that is too large already', async () => {
    const never = new Promise<never>(() => {});
    const unfinished = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(MAX_BODY_BYTES + 1, 'a');
      yield never;
    })();
    expect(await rejection(readForm({ ...aRequest(), stream: unfinished }))).toMatchObject({
      reason: 'body_too_large',
    });
  });

  it('reports a body that is too large, also if it then breaks off', async () => {
    const broken = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(MAX_BODY_BYTES + 1, 'a');
      throw new Error('aborted');
    })();
    expect(await rejection(readForm({ ...aRequest(), stream: broken }))).toMatchObject({
      reason: 'body_too_large',
    });
  });

  it('refuses a body that breaks off', async () => {
    const broken = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a=1');
      throw new Error('aborted');
    })();
    expect(await rejection(readForm({ ...aRequest(), stream: broken }))).toMatchObject({
      reason: 'body_malformed',
    });
  });
});

describe('readForm on a socket', () => {
  const servers: { close(): unknown }[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** Serves `answer`'s text, and posts the body there in chunks of unknown total length. */
  async function post(
    body: string,
    answer: (request: IncomingMessage) => Promise<string>,
  ): Promise<string> {
    return send(await serve(answer), body, false);
  }

  async function serve(answer: (request: IncomingMessage) => Promise<string>): Promise<number> {
    const server = createServer((request, response) => {
      answer(request).then(
        (result) => response.end(result),
        (error: { reason: string }) => response.end(error.reason),
      );
    });
    servers.push(server);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return (server.address() as AddressInfo).port;
  }

  function send(port: number, body: string, agent: Agent | false): Promise<string> {
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        { host: '127.0.0.1', port, method: 'POST', agent },
        (incoming) => {
          text(incoming).then(resolve, reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.setHeader('content-type', FORM_TYPE);
      outgoing.setHeader('transfer-encoding', 'chunked');
      outgoing.end(body);
    });
  }

  const handlerRequest = (incoming: IncomingMessage, parsedBody?: unknown): HandlerRequest => ({
    ...aRequest(),
    parsedBody,
    stream: incoming,
  });

  it('answers a request with an overlong body, and does not break the connection', async () => {
    const body = `a=${'x'.repeat(4 * MAX_BODY_BYTES)}`;
    const answer = await post(body, async (incoming) =>
      String(await readForm(handlerRequest(incoming))),
    );
    expect(answer).toBe('body_too_large');
  });

  it('reads the next request on the connection of an overlong body', async () => {
    const port = await serve(async (incoming) => {
      const form = await readForm(handlerRequest(incoming));
      return `a is ${form.get('a')}`;
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const overlong = `a=${'x'.repeat(16 * MAX_BODY_BYTES)}`;
      expect(await send(port, overlong, agent)).toBe('body_too_large');
      expect(await send(port, 'a=1', agent)).toBe('a is 1');
    } finally {
      agent.destroy();
    }
  });

  it('breaks off a body that does not end', async () => {
    let sent = 0;
    let brokenOff = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          sent += MAX_BODY_BYTES;
          yield new Uint8Array(MAX_BODY_BYTES);
        }
      } finally {
        brokenOff = true;
      }
    }
    const request = { ...aRequest(), stream: endless() };
    await expect(readForm(request)).rejects.toMatchObject({ reason: 'body_too_large' });
    await expect.poll(() => brokenOff, { timeout: 20_000 }).toBe(true);
    expect(sent).toBeLessThan(2 * 1024 * 1024);
  });

  it('reads the body if a parser ignored it and left an empty object', async () => {
    const answer = await post('a=1', async (incoming) => {
      const form = await readForm(handlerRequest(incoming, {}));
      return `a is ${form.get('a')}`;
    });
    expect(answer).toBe('a is 1');
  });

  it('gives an empty form if a parser has read an empty body', async () => {
    const answer = await post('', async (incoming) => {
      await text(incoming);
      const form = await readForm(handlerRequest(incoming, {}));
      return `a is ${form.get('a')}`;
    });
    expect(answer).toBe('a is undefined');
  });

  it('reads the body that a middleware has made the stream decode', async () => {
    const answer = await post('a=%C3%A4ä', async (incoming) => {
      incoming.setEncoding('utf8');
      const form = await readForm(handlerRequest(incoming));
      return `a is ${form.get('a')}`;
    });
    expect(answer).toBe('a is ää');
  });

  it('bounds the body that a middleware has made the stream decode', async () => {
    const answer = await post('ä'.repeat(MAX_BODY_BYTES), async (incoming) => {
      incoming.setEncoding('utf8');
      return String(await readForm(handlerRequest(incoming)));
    });
    expect(answer).toBe('body_too_large');
  });

  /** Reads a body to its end, as a middleware does that keeps nothing of it. */
  function consume(incoming: IncomingMessage): Promise<unknown> {
    return new Promise((resolve) => {
      incoming.on('data', () => {}).on('end', resolve);
    });
  }

  it('refuses a body in which a parser found no parameter', async () => {
    const answer = await post('&', async (incoming) => {
      await consume(incoming);
      return String(await readForm(handlerRequest(incoming, {})));
    });
    expect(answer).toBe('body_malformed');
  });

  it('throws an error of the application with the line to write if the body was read and not kept', async () => {
    const answer = await post('a=1', async (incoming) => {
      await consume(incoming);
      return readForm(handlerRequest(incoming)).then(String, (error: Error) =>
        isFormError(error) ? 'the client is blamed' : error.message,
      );
    });
    expect(answer).toMatch(/^The body of this request was read before .* Write: app\.use\(mount/);
  });

  it('gives an empty form if the body that was read was empty', async () => {
    const answer = await post('', async (incoming) => {
      await consume(incoming);
      const form = await readForm(handlerRequest(incoming));
      return `a is ${form.get('a')}`;
    });
    expect(answer).toBe('a is undefined');
  });
});

describe('a parameter that may be repeated', () => {
  it('is only one that the caller names', async () => {
    const body = 'a=1&a=2';
    const form = await readAnyForm(aRequest({ body }), { repeatable: ['a'] });
    expect(form.all('a')).toEqual(['1', '2']);
    expect(await rejection(readAnyForm(aRequest({ body })))).toMatchObject({
      reason: 'parameter_repeated',
    });
    expect(await rejection(readAnyForm(aRequest({ body: 'resource=x&resource=y' })))).toMatchObject(
      { reason: 'parameter_repeated' },
    );
  });
});
