import { inspect } from 'node:util';
import { type Form, readForm } from '@authly/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestCredentials } from '../src/request-credentials.ts';
import { aRequest, thrown } from './fixtures.ts';

const aForm = (body = 'grant_type=client_credentials'): Promise<Form> =>
  readForm(aRequest({ body }));
const empty = await aForm();

const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const basic = (userPass: string | Buffer): string => `Basic ${base64(userPass)}`;

/** Encodes as RFC 6749 Appendix B says, with the encoder of the platform. */
const formEncode = (text: string): string =>
  new URLSearchParams({ '': text }).toString().slice('='.length);

describe('Authorization: Basic', () => {
  it.each([
    { what: 'plain', header: basic('id:secret'), id: 'id', secret: 'secret' },
    { what: 'a colon in the secret', header: basic('id:a:b::c'), id: 'id', secret: 'a:b::c' },
    { what: 'an encoded colon in the id', header: basic('a%3Ab:c'), id: 'a:b', secret: 'c' },
    { what: 'an encoded percent', header: basic('id:100%25'), id: 'id', secret: '100%' },
    { what: 'what an encoded percent hides', header: basic('id:%2541'), id: 'id', secret: '%41' },
    { what: 'a plus for a space', header: basic('my+app:a+b'), id: 'my app', secret: 'a b' },
    { what: 'an encoded plus', header: basic('id:a%2Bb'), id: 'id', secret: 'a+b' },
    { what: 'an unencoded space', header: basic('id:a b'), id: 'id', secret: 'a b' },
    { what: 'encoded UTF-8', header: basic('id:%C3%A4%E2%82%AC'), id: 'id', secret: 'ä€' },
    { what: 'raw UTF-8', header: basic('id:ä€'), id: 'id', secret: 'ä€' },
    { what: 'lower-case escapes', header: basic('id:%c3%a4'), id: 'id', secret: 'ä' },
    { what: 'encoded letters', header: basic('%69d:%73ecret'), id: 'id', secret: 'secret' },
    { what: 'hyphens encoded', header: basic('nightly%2Dsync:s'), id: 'nightly-sync', secret: 's' },
    { what: 'an empty secret', header: basic('id:'), id: 'id', secret: '' },
    { what: 'an empty id', header: basic(':secret'), id: '', secret: 'secret' },
    { what: 'a lower-case scheme', header: `basic ${base64('id:s')}`, id: 'id', secret: 's' },
    { what: 'a shouted scheme', header: `BASIC ${base64('id:s')}`, id: 'id', secret: 's' },
    { what: 'several spaces', header: `Basic   ${base64('id:s')}`, id: 'id', secret: 's' },
    { what: 'both base64 specials', header: basic('id:~~~???>>>'), id: 'id', secret: '~~~???>>>' },
  ])('decodes $what', ({ header, id, secret }) => {
    expect(requestCredentials(header, empty)).toEqual({
      clientId: id,
      clientSecret: secret,
      method: 'client_secret_basic',
    });
  });

  it('decodes any text that a client encodes as OAuth requires', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (id, secret) => {
        const header = basic(`${formEncode(id)}:${formEncode(secret)}`);
        const { clientId, clientSecret } = requestCredentials(header, empty);
        expect({ clientId, clientSecret }).toEqual({ clientId: id, clientSecret: secret });
      }),
    );
  });

  it.each([
    { what: 'no credentials', header: 'Basic' },
    { what: 'nothing after the space', header: 'Basic ' },
    { what: 'no colon', header: basic('idsecret') },
    { what: 'an encoded colon alone', header: basic('id%3Asecret') },
    { what: 'a broken escape', header: basic('id:100%') },
    { what: 'a half escape', header: basic('id:%4') },
    { what: 'an escape that is not hexadecimal', header: basic('id:%zz') },
    { what: 'escaped bytes that are not UTF-8', header: basic('id:%FF') },
    { what: 'an escaped surrogate', header: basic('id:%ED%A0%80') },
    { what: 'bytes that are not UTF-8', header: basic(Buffer.from([0x69, 0x3a, 0xff])) },
    { what: 'Latin-1', header: basic(Buffer.from('id:ä', 'latin1')) },
    { what: 'missing padding', header: `Basic ${base64('id:se').replace('=', '')}` },
    { what: 'surplus padding', header: `Basic ${base64('id:sec')}=` },
    { what: 'stray bits before the padding', header: 'Basic aWQ6cz==' },
    { what: 'base64url', header: `Basic ${Buffer.from('id:~~~???>>>').toString('base64url')}` },
    { what: 'a character of no alphabet', header: 'Basic aWQ6c2Vj*mV0' },
    { what: 'a line break', header: 'Basic aWQ6\nc2VjcmV0' },
    { what: 'two values', header: `${basic('id:secret')}, ${basic('id:secret')}` },
    { what: 'something after it', header: `${basic('id:secret')} x` },
    {
      what: 'a tab for the space',
      header: `Basic\t${base64('id:secret')}`,
      reason: 'method_unsupported',
    },
  ])('refuses $what', ({ header, reason = 'credentials_malformed' }) => {
    const error = thrown(() => requestCredentials(header, empty));
    expect(error).toMatchObject({ code: 'invalid_client', reason });
  });

  it('shows no part of the credentials in what it throws', () => {
    const error = thrown(() => requestCredentials(basic('canary-id:canary-secret%zz'), empty));
    const shown = inspect(error, { depth: 9, showHidden: true });
    expect(shown).not.toContain('canary');
    expect(shown).not.toContain(base64('canary'));
  });

  it.each(['Bearer abc', 'Digest username="id"', 'Basicaly abc', 'abc', ''])(
    'does not know the scheme of %j',
    (header) => {
      expect(thrown(() => requestCredentials(header, empty))).toMatchObject({
        code: 'invalid_client',
        reason: 'method_unsupported',
      });
    },
  );

  it('allows a client_id in the body only if it is the same', async () => {
    const header = basic('id:secret');
    expect(requestCredentials(header, await aForm('client_id=id'))).toMatchObject({
      clientId: 'id',
      method: 'client_secret_basic',
    });
    const other = await aForm('client_id=other');
    expect(thrown(() => requestCredentials(header, other))).toMatchObject({
      code: 'invalid_request',
      reason: 'client_id_mismatch',
    });
  });
});

describe('the body', () => {
  it('has id and secret without a further encoding', async () => {
    const form = await aForm('client_id=my+app&client_secret=a%2Bb%25c');
    expect(requestCredentials(undefined, form)).toEqual({
      clientId: 'my app',
      clientSecret: 'a+b%c',
      method: 'client_secret_post',
    });
  });

  it.each([
    ['nothing', 'grant_type=client_credentials', 'credentials_missing'],
    ['an id alone', 'client_id=id', 'credentials_missing'],
    ['a secret alone', 'client_secret=s', 'credentials_missing'],
    ['an empty secret', 'client_id=id&client_secret=', 'credentials_missing'],
    ['an assertion', 'client_id=id&client_assertion=a.b.c', 'method_unsupported'],
    ['an assertion type', 'client_assertion_type=urn:x', 'method_unsupported'],
  ])('with %s does not authenticate', async (_, body, reason) => {
    const form = await aForm(body);
    expect(thrown(() => requestCredentials(undefined, form))).toMatchObject({
      code: 'invalid_client',
      reason,
    });
  });
});

describe('several methods at once', () => {
  it.each([
    ['Basic and the body', basic('id:s'), 'client_id=id&client_secret=s'],
    ['Basic and a secret in the body', basic('id:s'), 'client_secret=s'],
    ['Basic and an assertion', basic('id:s'), 'client_assertion=a.b.c'],
    ['another scheme and the body', 'Bearer abc', 'client_id=id&client_secret=s'],
    ['the body and an assertion', undefined, 'client_id=id&client_secret=s&client_assertion=a.b.c'],
    ['two headers', [basic('id:s'), basic('id:s')], 'grant_type=client_credentials'],
  ])('are refused: %s', async (_, header, body) => {
    const form = await aForm(body);
    expect(thrown(() => requestCredentials(header, form))).toMatchObject({
      code: 'invalid_request',
      reason: 'authentication_repeated',
    });
  });
});
