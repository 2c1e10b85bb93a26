import { describe, expect, it } from 'vitest';
import {
  fromHeader,
  isCredentialSource,
  readCredentials,
} from '../../src/http/credential-source.ts';
import type { RequestView } from '../../src/http/request-view.ts';
import {
  fromSubprotocol,
  offeredProtocols,
  subprotocolPrefix,
} from '../../src/http/subprotocol.ts';

const requestWith = (
  headers: Readonly<Record<string, string | readonly string[]>>,
): RequestView => ({
  method: 'GET',
  url: '/',
  header: (name) => headers[name],
});
const read = (protocols: string | readonly string[], authorization?: string) =>
  readCredentials(
    fromSubprotocol('bearer.'),
    requestWith({
      'sec-websocket-protocol': protocols,
      ...(authorization !== undefined && { authorization }),
    }),
  );

describe('a token among protocols', () => {
  it.each([
    ['bearer.t', 't'],
    ['chat.v1, bearer.t', 't'],
    ['bearer.t,chat.v1', 't'],
    ['\tbearer.t \t, chat', 't'],
  ])('is found in %j', (protocols, token) => {
    expect(read(protocols)).toEqual({ scheme: 'bearer', token });
    expect(read(['other', protocols])).toEqual({ scheme: 'bearer', token });
  });

  it('may be in the Authorization header instead, but not in both', () => {
    expect(read('chat', 'Bearer a')).toEqual({ scheme: 'bearer', token: 'a' });
    expect(read('bearer.t', 'Bearer a')).toMatchObject({ reason: 'authorization_repeated' });
    expect(readCredentials(fromSubprotocol('bearer.'), requestWith({}))).toMatchObject({
      reason: 'credentials_missing',
    });
  });

  it('is refused if it is there twice or is malformed', () => {
    expect(read('bearer.a, bearer.a')).toMatchObject({ reason: 'authorization_repeated' });
    expect(read(['bearer.a', 'bearer.b'])).toMatchObject({ reason: 'authorization_repeated' });
    expect(read('bearer.a b')).toMatchObject({ reason: 'token_malformed' });
    expect(read('Bearer.a')).toMatchObject({ reason: 'credentials_missing' });
  });
});

it('[RFC6455-11.3.4-a] protocols are offered in order, in one header or in several', () => {
  expect(offeredProtocols(undefined)).toEqual([]);
  expect(offeredProtocols('a, b,,c ')).toEqual(['a', 'b', 'c']);
  expect(offeredProtocols(['a', 'b, c'])).toEqual(['a', 'b', 'c']);
});

it('a source describes itself, and gives its prefix', () => {
  const source = fromSubprotocol('bearer.');
  expect(source.description).toBe('subprotocol bearer.');
  expect(subprotocolPrefix(source)).toBe('bearer.');
  expect(subprotocolPrefix(fromHeader('x-token'))).toBeUndefined();
  expect([isCredentialSource(source), Object.isFrozen(source)]).toEqual([true, true]);
});

it.each(['', 'a b', 'ü', 7, undefined])('[RFC6455-4.1-a] refuses %o as a prefix', (prefix) => {
  expect(() => fromSubprotocol(prefix as string)).toThrow("Write: fromSubprotocol('bearer.')");
});
