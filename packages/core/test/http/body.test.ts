import { describe, expect, it } from 'vitest';
import { MAX_BODY_BYTES, readBody } from '../../src/http/body.ts';
import { isFormError } from '../../src/http/form-error.ts';
import { aFormRequest as aRequest, chunks } from './form-requests.ts';

// What is the same for forms is tested with readForm: broken-off and overlong bodies on real connections.

async function outcome(parts: Parameters<typeof aRequest>[0], stream?: AsyncIterable<Uint8Array>) {
  const request = aRequest(parts);
  return await readBody(stream === undefined ? request : { ...request, stream }).catch(
    (error: unknown) => (isFormError(error) ? { fault: error.reason } : error),
  );
}

describe('readBody', () => {
  it.each([
    ['what nobody has read', { body: 'a.b.c' }, 'a.b.c'],
    ['text of a parser', { parsedBody: 'a.b.c' }, 'a.b.c'],
    ['no text of a parser', { parsedBody: '' }, ''],
    ['bytes of a parser', { parsedBody: Buffer.from('ä') }, 'ä'],
    ['no bytes of a parser', { parsedBody: Buffer.alloc(0) }, ''],
    ['a body that a parser left alone', { parsedBody: {}, body: 'a.b.c' }, 'a.b.c'],
    ['no body', {}, ''],
    ['a body as large as may be', { body: 'x'.repeat(MAX_BODY_BYTES) }, 'x'.repeat(MAX_BODY_BYTES)],
    ['a parsed object', { parsedBody: { a: '1' }, body: 'x' }, { fault: 'body_malformed' }],
    ['a parsed list', { parsedBody: ['a'], body: 'x' }, { fault: 'body_malformed' }],
    ['null', { parsedBody: null, body: 'x' }, { fault: 'body_malformed' }],
    ['no UTF-8', { body: Buffer.from([0xc3]) }, { fault: 'body_malformed' }],
    ['no UTF-8 of a parser', { parsedBody: Buffer.from([0xc3]) }, { fault: 'body_malformed' }],
    ['too much', { body: 'x'.repeat(MAX_BODY_BYTES + 1) }, { fault: 'body_too_large' }],
    ['too much text', { parsedBody: 'x'.repeat(MAX_BODY_BYTES + 1) }, { fault: 'body_too_large' }],
    [
      'too much by its own word',
      { headers: { 'content-length': String(MAX_BODY_BYTES + 1) }, body: 'x' },
      { fault: 'body_too_large' },
    ],
  ])('reads %s', async (_name, parts, expected) => {
    expect(await outcome(parts)).toEqual(expected);
  });

  it('throws an error of the application if the body was read before and not kept', async () => {
    const read = Object.assign(chunks(Buffer.from('')), { readableDidRead: true });
    expect(await outcome({}, read)).toMatchObject({
      message: expect.stringContaining('Write: app.use(mount(handler))'),
    });
    expect(await outcome({ parsedBody: {} }, read)).toEqual({ fault: 'body_malformed' });
  });
});
