import { describe, expect, it } from 'vitest';
import { messageText, readCredentialsMessage } from '../../src/adapter/message-text.ts';

describe('the text of a message', () => {
  it.each<readonly [string, unknown]>([
    ['a Buffer', Buffer.from('hü')],
    ['an ArrayBuffer', new Uint8Array(Buffer.from('hü')).buffer],
    ['fragments', [Buffer.from([0x68, 0xc3]), Buffer.from([0xbc])]],
    ['a string', 'hü'],
  ])('is read from %s', (_what, data) => {
    expect(messageText(data)).toBe('hü');
  });

  it('may have at most 16 KiB, as a string or in fragments', () => {
    expect(messageText('x'.repeat(16_384))).toHaveLength(16_384);
    expect(messageText('x'.repeat(16_385))).toBeUndefined();
    expect(messageText([Buffer.alloc(16_384), Buffer.alloc(1)])).toBeUndefined();
  });

  it('of any other value is empty', () => {
    expect([messageText(7), messageText(undefined)]).toEqual(['', '']);
  });
});

describe('credentials in a message', () => {
  it('have a token, and a proof if there is one', () => {
    expect(readCredentialsMessage('{"token":"t","proof":"p","x":1}')).toEqual({
      token: 't',
      proof: 'p',
    });
    expect(readCredentialsMessage('{"token":"t","proof":7}')).toEqual({ token: 't' });
  });

  it.each(['', '[]', '"t"', '{}', '{"token":7}', '{"__proto__":{"token":"t"}}'])(
    'are not found in %s',
    (text) => {
      expect(readCredentialsMessage(text)).toBeUndefined();
    },
  );
});
