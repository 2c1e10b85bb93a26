import { describe, expect, it } from 'vitest';
import { list, optionalText, pairs, text, UnexpectedReplyError } from '../src/reply.ts';

describe('a reply', () => {
  it('may be text or bytes, and null or undefined for nothing', () => {
    expect(optionalText('ä', 'GET')).toBe('ä');
    expect(optionalText(Buffer.from('ä'), 'GET')).toBe('ä');
    expect(optionalText('', 'GET')).toBe('');
    expect(optionalText(null, 'GET')).toBeUndefined();
    expect(optionalText(undefined, 'GET')).toBeUndefined();
    expect(text('a', 'GET')).toBe('a');
    expect(list(['a'], 'HMGET')).toEqual(['a']);
  });

  it('may have its pairs in a flat list, in a list of pairs, in a map or in an object', () => {
    const expected = [
      ['a', '1'],
      ['b', '2'],
    ];
    expect(pairs(['a', '1', 'b', '2'], 'HSCAN')).toEqual(expected);
    expect(pairs(expected, 'HSCAN')).toEqual(expected);
    expect(
      pairs(
        new Map([
          ['a', '1'],
          ['b', '2'],
        ]),
        'HSCAN',
      ),
    ).toEqual(expected);
    expect(pairs({ a: '1', b: '2' }, 'HSCAN')).toEqual(expected);
    expect(pairs(Object.assign(Object.create(null), { a: '1', b: '2' }), 'HSCAN')).toEqual(
      expected,
    );
    expect(pairs([], 'HSCAN')).toEqual([]);
    // Two values, but the first is a list, so this is no pair of name and value.
    expect(pairs(['a', ['1', '2']], 'XREAD')).toEqual([['a', ['1', '2']]]);
    expect(pairs([Buffer.from('a'), '1'], 'HSCAN')).toEqual([['a', '1']]);
  });

  it.each([
    ['a number as a text', () => optionalText(1, 'GET')],
    ['a list as a text', () => optionalText(['a'], 'GET')],
    ['nothing as a text', () => text(null, 'GET')],
    ['a text as a list', () => list('a', 'GET')],
    ['nothing as a list', () => list(null, 'GET')],
    ['nothing as pairs', () => pairs(null, 'GET')],
    ['a text as pairs', () => pairs('ab', 'GET')],
    ['an odd number of texts as pairs', () => pairs(['a', '1', 'b'], 'GET')],
    ['three in place of two as pairs', () => pairs([['a', '1', '2']], 'GET')],
    [
      'pairs whose names are none',
      () =>
        pairs(
          [
            [1, '1'],
            [2, '2'],
          ],
          'GET',
        ),
    ],
    ['a map whose names are none', () => pairs(new Map([[1, '1']]), 'GET')],
  ])('is not taken for something else: %s', (_what, read) => {
    expect(read).toThrow(UnexpectedReplyError);
    expect(read).toThrow('Redis answered GET in a form that this command does not have');
  });

  it('that is not valid has an error type of its own', () => {
    const error = new UnexpectedReplyError('GET');
    expect(error).toBeInstanceOf(TypeError);
    expect(error.name).toBe('UnexpectedReplyError');
  });
});
