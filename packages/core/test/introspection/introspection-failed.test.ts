import { describe, expect, it } from 'vitest';
import {
  IntrospectionFailed,
  isIntrospectionFailed,
} from '../../src/introspection/introspection-failed.ts';

describe('a failed introspection', () => {
  it('has a name and a kind, and is recognized by a brand that is not printed', () => {
    const error = new IntrospectionFailed('status', 'The response has status 500', { status: 500 });
    expect(error).toMatchObject({ name: 'IntrospectionFailed', failure: 'status', status: 500 });
    expect(isIntrospectionFailed(error)).toBe(true);
    const [brand] = Object.getOwnPropertySymbols(error);
    expect(brand && Object.getOwnPropertyDescriptor(error, brand)).toMatchObject({
      value: true,
      enumerable: false,
    });
    expect(isIntrospectionFailed(new Error('network'))).toBe(false);
  });

  it('has a cause only if there is one', () => {
    const cause = new Error('ECONNREFUSED');
    expect(new IntrospectionFailed('network', 'x', { cause }).cause).toBe(cause);
    expect(Object.hasOwn(new IntrospectionFailed('network', 'x'), 'cause')).toBe(false);
  });
});
