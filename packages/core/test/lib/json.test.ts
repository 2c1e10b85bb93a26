import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeBase64Url,
  deepFreeze,
  isPlainObject,
  MAX_JSON_DEPTH,
  parseJsonObject,
  parseStrict,
  parseUnfrozen,
} from '../../src/lib/json.ts';

function parse(text: string): unknown {
  return parseJsonObject(Buffer.from(text));
}

function nested(levels: number): string {
  return `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
}

describe('decodeBase64Url', () => {
  it('decodes everything that Node encodes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const decoded = decodeBase64Url(Buffer.from(bytes).toString('base64url'));
        expect(decoded && [...decoded]).toEqual([...bytes]);
      }),
    );
  });

  it('accepts only one spelling of the same bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 12 }), (text) => {
        const decoded = decodeBase64Url(text);
        const spelled = decoded && Buffer.from(decoded).toString('base64url');
        expect(spelled === undefined || spelled === text).toBe(true);
      }),
    );
  });

  it.each([
    ['padding', 'QQ=='],
    ['the standard alphabet', '+/+/'],
    ['stray trailing bits', 'QR'],
    ['a lone character', 'A'],
    ['a space', 'QU FB'],
    ['a line break', 'QUFB\n'],
    ['a tab', '\tQUFB'],
    ['a dot', 'QU.FB'],
    ['a NUL', 'QUFB\0'],
    ['a character outside ASCII', 'QUFBé'],
    ['a full-width letter', 'ＱUFB'],
  ])('refuses %s', (_what, text) => {
    expect(decodeBase64Url(text)).toBeUndefined();
  });

  it('gives no bytes for an empty text', () => {
    expect(decodeBase64Url('')).toHaveLength(0);
  });
});

describe('parseJsonObject', () => {
  it.each([
    'null',
    'true',
    '7',
    '"text"',
    '[]',
    '[{}]',
    '',
    ' ',
    '{',
    '{"a":1}x',
    '{"a":1}{}',
    "{'a':1}",
    '{"a":NaN}',
    '{"a":01}',
    '{"a":undefined}',
    '{"a":1,}',
    '\uFEFF{"a":1}',
    '{"a":"\n"}',
  ])('refuses %j', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it.each([
    ['a lone continuation byte', [0x80]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['a cut sequence', [0xe2, 0x82]],
    ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80]],
  ])('refuses what is not UTF-8: %s', (_what, bytes) => {
    const text = Buffer.concat([Buffer.from('{"a":"'), Buffer.from(bytes), Buffer.from('"}')]);
    expect(parseJsonObject(text)).toBeUndefined();
  });

  it('reads white space, escapes and characters outside the basic plane', () => {
    expect(parse(' {\r\n\t"\\u0061" : "\\ud83d\\ude00é" } ')).toEqual({ a: '😀é' });
  });

  it('uses the last of two members with the same name', () => {
    expect(parse('{"a":1,"a":2,"\\u0061":3}')).toEqual({ a: 3 });
  });

  it('accepts 32 levels, and not more', () => {
    expect(parse(nested(MAX_JSON_DEPTH))).toBeDefined();
    expect(parse(nested(MAX_JSON_DEPTH + 1))).toBeUndefined();
  });

  it('refuses very deep nesting without a stack overflow', () => {
    expect(parse(nested(12_000))).toBeUndefined();
    expect(parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`)).toBeUndefined();
  });

  it('treats __proto__ as an ordinary member, from which nothing is inherited', () => {
    const value = parseJsonObject(Buffer.from('{"__proto__":{"admin":true}}'));
    expect(value?.['admin']).toBeUndefined();
    expect(Object.hasOwn(value ?? {}, '__proto__')).toBe(true);
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it('gives a value that is frozen at every depth, also inside __proto__ members', () => {
    const value = parse('{"a":{"b":[{"c":1}]},"__proto__":{"d":{}}}') as Record<string, never>;
    const inner = Object.getOwnPropertyDescriptor(value, '__proto__')?.value;
    for (const each of [value, value['a'], value['a']?.['b'], value['a']?.['b']?.[0], inner?.d]) {
      expect(Object.isFrozen(each)).toBe(true);
      expect(each).toBeTypeOf('object');
    }
  });

  it('gives the same as JSON.parse for every object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), (value) => {
        const text = JSON.stringify(value);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('never throws for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const value = parseJsonObject(bytes);
        expect(value === undefined || isPlainObject(value)).toBe(true);
      }),
    );
  });
});

describe('a long text', () => {
  const pad = { pad: 'x'.repeat(3_000) };
  const nested = (levels: number): unknown =>
    levels === 0 ? 1 : levels % 2 === 0 ? [nested(levels - 1)] : { a: nested(levels - 1) };
  const long = (value: object) => parseUnfrozen(Buffer.from(JSON.stringify({ ...pad, ...value })));

  it('is accepted up to the maximum depth, wherever it is, and not deeper', () => {
    expect(long({ a: nested(MAX_JSON_DEPTH - 1) })).toBeDefined();
    expect(long({ a: nested(MAX_JSON_DEPTH) })).toBeUndefined();
    expect(parseUnfrozen(Buffer.from(`[${'['.repeat(5_000)}`))).toBeUndefined();
  });

  it('may have many brackets next to each other', () => {
    expect(long({ a: Array.from({ length: 500 }, () => [{}]) })).toBeDefined();
  });

  it('may have any number of brackets in its strings, after any escapes', () => {
    for (const text of ['['.repeat(99), '"'.repeat(99), '\\'.repeat(99), `\\"${'{'.repeat(99)}`]) {
      expect(long({ [text]: text, b: nested(MAX_JSON_DEPTH - 1) })).toBeDefined();
      expect(long({ [text]: text, b: nested(MAX_JSON_DEPTH) })).toBeUndefined();
    }
  });

  it('has the same result as a short one', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: MAX_JSON_DEPTH + 3 }), (value) => {
        const short = parseJsonObject(Buffer.from(JSON.stringify({ value })));
        expect(long({ value }) === undefined).toBe(short === undefined);
      }),
    );
  });
});

describe('parseStrict', () => {
  const strict = (json: string) => parseStrict(Buffer.from(json));

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"b":{"c":1,"c":2}}',
    '{"a":[{"b":1},{"b":1,"b":2}]}',
    '{"a":[[{"b":1,"b":2}]]}',
    '{"a":1, "a" :2}',
    '{"a":1,"a"\t\n\r :2}',
    '{"a":1,"\\u0061":2}',
    '{"":1,"":2}',
    '{"a\\"":1,"a\\"":2}',
    '{"a":{},"a":[]}',
    '{"a":{"b":1,"c":2},"a":3}',
    '{"__proto__":1,"__proto__":2}',
    '{"x":{"__proto__":{"a":1},"__proto__":{"a":1}}}',
  ])('refuses a member that occurs twice: %s', (json) => {
    JSON.parse(json);
    expect(strict(json)).toBeUndefined();
  });

  it.each([
    '{}',
    '{"a":1,"b":2}',
    '{"a":"a","b":"a"}',
    '{"a":["a","a"],"b":["a"]}',
    '{"a":{"a":1},"b":{"a":1}}',
    '{"l":[{"a":1},{"a":1},null,{}]}',
    '{"a":"\\"a\\":1","b":"\\\\"}',
    '{"a":"{\\"b\\":1,\\"b\\":2}"}',
    '{"a::":":","b":"::"}',
    '{"a":1,"A":2}',
    '{"a":[1,{"b":2},3],"b":1}',
    '{"constructor":1,"toString":2,"__proto__":{"a":1}}',
    ' {"a" : null } ',
  ])('accepts %s', (json) => {
    expect(strict(json)).toEqual(JSON.parse(json));
  });

  it('accepts what JSON.stringify writes, and refuses it when a member is added twice', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
        const json = JSON.stringify(value);
        expect(strict(json)).toEqual(JSON.parse(json));
        const [name = ''] = Object.keys(value);
        expect(strict(`${json.slice(0, -1)},${JSON.stringify(name)}:0}`)).toBeUndefined();
      }),
    );
  });

  it('refuses what parseJsonObject refuses, and gives an object that is not frozen', () => {
    for (const json of ['[]', '"a"', 'null', '', '{', '{"a":1}x', '[{"a":1,"a":1}]']) {
      expect(strict(json)).toBeUndefined();
    }
    expect(strict(nested(MAX_JSON_DEPTH))).toBeDefined();
    expect(strict(nested(MAX_JSON_DEPTH + 1))).toBeUndefined();
    expect(Object.isFrozen(strict('{"a":1}'))).toBe(false);
  });

  it('counts only own members, whatever prototypes have', () => {
    Object.defineProperty(Object.prototype, 'inherited', SHOWN);
    try {
      expect(Object.keys(strict('{"a":{"b":1}}') ?? {})).toEqual(['a']);
      expect(strict('{"a":1,"a":1}')).toBeUndefined();
    } finally {
      Reflect.deleteProperty(Object.prototype, 'inherited');
    }
  });

  it('ends for any bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseStrict(bytes)));
    fc.assert(fc.property(fc.string(), (text) => void strict(text)));
  });
});

const SHOWN = { value: 1, writable: true, enumerable: true, configurable: true } as const;

describe('deepFreeze', () => {
  it('does not freeze instances of classes and inherited members', () => {
    const date = new Date(0);
    const inherited = { of: 'a prototype' };
    const value = Object.assign(Object.create({ inherited }), { date });
    expect(deepFreeze(value, 4)).toBe(true);
    expect(Object.isFrozen(value)).toBe(true);
    expect(Object.isFrozen(date)).toBe(false);
    expect(Object.isFrozen(inherited)).toBe(false);
  });

  it('ends for values that contain themselves, and also freezes inside frozen objects', () => {
    const inner = { list: [{}] };
    const value: Record<string, unknown> = { inner, shallow: Object.freeze({ inner }) };
    value['self'] = value;
    expect(deepFreeze(value, Number.POSITIVE_INFINITY, new Set())).toBe(true);
    expect(Object.isFrozen(inner.list[0])).toBe(true);
  });
});

describe('isPlainObject', () => {
  it.each([[[]], [null], [undefined], ['x'], [new Date()], [new Map()], [() => {}]])(
    'is false for %o',
    (value) => {
      expect(isPlainObject(value)).toBe(false);
    },
  );

  it('is true for objects such as JSON makes, and for those without prototype', () => {
    expect(isPlainObject({})).toBe(true);
    expect(isPlainObject(Object.create(null))).toBe(true);
  });
});
