import { describe, expect, it } from 'vitest';
import { andThen } from '../../src/lib/maybe-promise.ts';

describe('andThen', () => {
  it('goes on at once with a value that is there', () => {
    expect(andThen(2, (value) => value * 2)).toBe(4);
  });

  it('goes on later with a value that is awaited', async () => {
    const later = andThen(Promise.resolve(2), (value) => value * 2);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(4);
  });

  it('throws at once what the next step throws at once, and rejects with it otherwise', async () => {
    const fault = new Error('x');
    const next = () => {
      throw fault;
    };
    expect(() => andThen(1, next)).toThrow(fault);
    await expect(andThen(Promise.resolve(1), next)).rejects.toBe(fault);
  });

  it('gives a rejection to failed, and nothing that the next step threw', async () => {
    const seen: unknown[] = [];
    const failed = (error: unknown): never => {
      seen.push(error);
      throw new Error('translated');
    };
    await expect(andThen(Promise.reject(new Error('a')), () => 1, failed)).rejects.toThrow(
      'translated',
    );
    const next = () => {
      throw new Error('b');
    };
    await expect(andThen(Promise.resolve(1), next, failed)).rejects.toThrow('b');
    expect(seen).toHaveLength(1);
  });
});
