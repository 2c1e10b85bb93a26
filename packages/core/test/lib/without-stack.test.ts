import { describe, expect, it } from 'vitest';
import { withoutStack } from '../../src/lib/without-stack.ts';

describe('withoutStack', () => {
  it('makes an error whose stack is only its name and message', () => {
    const error = withoutStack(() => new TypeError('no frames'));
    expect(error.stack).toBe('TypeError: no frames');
    expect(error).toBeInstanceOf(TypeError);
  });

  it('does not change the stack of other errors, also if making one fails', () => {
    const limit = Error.stackTraceLimit;
    expect(() =>
      withoutStack(() => {
        throw new RangeError('failed');
      }),
    ).toThrow(RangeError);
    expect(Error.stackTraceLimit).toBe(limit);
    expect(new Error('with frames').stack).toContain('without-stack.test');
  });

  it('also works if the limit cannot be set, as with --frozen-intrinsics', () => {
    const property = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? {};
    Object.defineProperty(Error, 'stackTraceLimit', { ...property, writable: false });
    try {
      expect(withoutStack(() => new Error('frozen')).message).toBe('frozen');
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', property);
    }
  });
});
