import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { validateClaims } from '../../src/pipeline/claims-schema.ts';

function schemaOf(validate: StandardSchemaV1['~standard']['validate']): StandardSchemaV1 {
  return { '~standard': { version: 1, vendor: 'test', validate } };
}

describe('validateClaims', () => {
  it('gives the schema’s output, not the claims', () => {
    const schema = z.object({ tenant: z.string().transform((name) => name.toUpperCase()) });
    expect(validateClaims(schema, { tenant: 'acme', extra: 1 })).toEqual({ tenant: 'ACME' });
  });

  it('gives undefined for claims with an issue', () => {
    expect(validateClaims(z.object({ tenant: z.string() }), { tenant: 7 })).toBeUndefined();
  });

  it.each([['text'], [7], [null], [undefined]])('gives undefined for an output of %o', (value) => {
    expect(
      validateClaims(
        schemaOf(() => ({ value })),
        {},
      ),
    ).toBeUndefined();
  });

  it('treats an empty list of issues as a failure: only undefined means success', () => {
    const schema = schemaOf(() => ({ issues: [], value: { a: 1 } }));
    expect(validateClaims(schema, {})).toBeUndefined();
  });

  it('freezes the output at every depth, also inside objects that the schema froze itself', () => {
    const schema = z.object({ org: z.object({ roles: z.array(z.string()) }) }).readonly();
    const output = validateClaims(schema, { org: { roles: ['a'] } }) as z.infer<typeof schema>;
    expect(output.org.roles).toEqual(['a']);
    expect(Object.isFrozen(output)).toBe(true);
    expect(Object.isFrozen(output.org)).toBe(true);
    expect(Object.isFrozen(output.org.roles)).toBe(true);
  });

  it('freezes named members of a list as well, whatever its own iterator gives', () => {
    class Odd extends Array<object> {
      override [Symbol.iterator](): ArrayIterator<object> {
        return [].values();
      }
    }
    const named = { roles: ['a'] };
    const item = { roles: ['b'] };
    const odd = Object.assign(Odd.of(item), { named });
    const output = validateClaims(
      schemaOf(() => ({ value: { odd } })),
      {},
    );
    expect(output).toEqual({ odd });
    expect([odd, named, named.roles, item, item.roles].every(Object.isFrozen)).toBe(true);
  });

  it('accepts an output that contains itself', () => {
    const value: Record<string, unknown> = {};
    value['self'] = value;
    expect(
      validateClaims(
        schemaOf(() => ({ value })),
        {},
      ),
    ).toBe(value);
  });

  it('awaits a schema that gives a promise', async () => {
    const schema = z.object({ a: z.string() }).refine(async ({ a }) => a === 'x');
    expect(await validateClaims(schema, { a: 'x' })).toEqual({ a: 'x' });
    expect(await validateClaims(schema, { a: 'y' })).toBeUndefined();
  });

  it('gives no promise when the schema gives none', () => {
    expect(validateClaims(z.object({}), {})).not.toBeInstanceOf(Promise);
  });

  it('does not catch an error of the schema', async () => {
    const fault = new Error('a bug');
    const throwing = schemaOf(() => {
      throw fault;
    });
    expect(() => validateClaims(throwing, {})).toThrow(fault);
    await expect(
      validateClaims(
        schemaOf(() => Promise.reject(fault)),
        {},
      ),
    ).rejects.toBe(fault);
  });
});
