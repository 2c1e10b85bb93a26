import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { discardBody, type FetchedResponse, readBoundedBody } from '../../src/lib/bounded-body.ts';

const TEXT = '{"keys":[]}';

const RESPONSES: readonly [string, () => FetchedResponse][] = [
  ["Node's", () => new Response(TEXT)],
  ["node-fetch's, with a stream of Node's", () => ({ body: Readable.from([Buffer.from(TEXT)]) })],
  ['that of a mock with json() alone', () => ({ json: async () => JSON.parse(TEXT) })],
];

describe('readBoundedBody', () => {
  it.each(RESPONSES)('reads a response: %s', async (_, create) => {
    expect(String(await readBoundedBody(create(), TEXT.length))).toBe(TEXT);
  });

  it.each(RESPONSES)('stops when it is too large: %s', async (_, create) => {
    expect(await readBoundedBody(create(), TEXT.length - 1)).toBeUndefined();
  });

  it('gives no bytes when there is no body', async () => {
    expect(await readBoundedBody(new Response(null), 1)).toEqual(Buffer.alloc(0));
    expect(await readBoundedBody({}, 1)).toEqual(Buffer.alloc(0));
    expect(await readBoundedBody({ json: () => undefined }, 1)).toEqual(Buffer.alloc(0));
  });

  it('cancels a stream that is too large, and does not wait for its end', async () => {
    const cancel = vi.fn(() => new Promise<void>(() => {}));
    const body = new ReadableStream({
      pull: (controller) => controller.enqueue(Buffer.from(TEXT)),
      cancel,
    });
    expect(await readBoundedBody({ body }, 1)).toBeUndefined();
    expect(cancel).toHaveBeenCalledOnce();
  });
});

describe('discardBody', () => {
  it('cancels streams of both kinds, and does nothing for a mock', () => {
    const cancel = vi.fn(async () => {
      throw new Error('closed already');
    });
    discardBody({ body: { cancel } });
    expect(cancel).toHaveBeenCalledOnce();
    const stream = Readable.from(['a']);
    discardBody({ body: stream });
    expect(stream.destroyed).toBe(true);
    discardBody({});
    discardBody({ body: null });
  });
});
