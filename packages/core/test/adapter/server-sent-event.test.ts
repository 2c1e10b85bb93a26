import { describe, expect, it } from 'vitest';
import {
  type ServerSentEvent,
  serverSentComment,
  serverSentEvent,
} from '../../src/adapter/server-sent-event.ts';

describe('a server-sent event', () => {
  it.each<readonly [ServerSentEvent, string]>([
    [{ data: 'a' }, 'data: a\n\n'],
    [{ data: '' }, 'data: \n\n'],
    [{ data: 'a\nb\r\nc\rd' }, 'data: a\ndata: b\ndata: c\ndata: d\n\n'],
    [{ data: 'a', event: 'e', id: '7', retryMs: 0 }, 'event: e\nid: 7\nretry: 0\ndata: a\n\n'],
  ])('of %o', (event, text) => {
    expect(serverSentEvent(event)).toBe(text);
  });

  it.each([
    { data: 'a', event: 'e\ndata: forged' },
    { data: 'a', id: '1\r2' },
    { data: 'a', id: 'a\0b' },
    { data: 'a', retryMs: 1.5 },
    { data: 'a', retryMs: -1 },
  ])('of %o throws', (event) => {
    expect(() => serverSentEvent(event)).toThrow(TypeError);
  });

  it('a comment has a colon before each line', () => {
    expect(serverSentComment('a\nb')).toBe(': a\n: b\n\n');
    expect(serverSentComment('')).toBe(': \n\n');
  });
});
