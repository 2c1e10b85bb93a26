import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { andThen, isThenable } from '../../src/lib/maybe-promise.ts';

describe('andThen', () => {
  it('calls the next step synchronously for a value that is not a promise', () => {
    expect(andThen(2, (value) => value * 2)).toBe(4);
  });

  it('calls the next step later for a promise', async () => {
    const later = andThen(Promise.resolve(2), (value) => value * 2);
    expect(later).toBeInstanceOf(Promise);
    expect(await later).toBe(4);
  });

  it('throws what the next step throws when the value is not a promise, and rejects with it otherwise', async () => {
    const fault = new Error('x');
    const next = () => {
      throw fault;
    };
    expect(() => andThen(1, next)).toThrow(fault);
    await expect(andThen(Promise.resolve(1), next)).rejects.toBe(fault);
  });

  it('calls failed for a rejection, and not for an error of the next step', async () => {
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

/** A `then` such as a hostile or broken library might have. */
function withThen(descriptor: PropertyDescriptor): object {
  return Object.defineProperty({}, 'then', descriptor);
}

const brokenGetter = () =>
  withThen({
    get() {
      throw new Error('no then for you');
    },
  });

describe('isThenable', () => {
  it.each([
    ['a promise', Promise.resolve(1)],
    ['a promise of another realm', runInNewContext('Promise.resolve(1)')],
    ['a function with then', Object.defineProperty(() => {}, 'then', { value: () => {} })],
    ['an object with then alone', withThen({ value: () => {} })],
    ['an object whose then cannot be read', brokenGetter()],
  ])('is true for %s', (_what, value) => {
    expect(isThenable(value)).toBe(true);
  });

  it.each([[undefined], [null], [1], ['then'], [{}], [() => {}], [withThen({ value: 'text' })]])(
    'is false for %o',
    (value) => {
      expect(isThenable(value)).toBe(false);
    },
  );
});

describe('andThen with promises of other kinds', () => {
  it('awaits a promise of another realm, fulfilled or rejected', async () => {
    const two: unknown = runInNewContext('Promise.resolve(2)');
    expect(two).not.toBeInstanceOf(Promise);
    await expect(andThen(two, (value) => [value])).resolves.toEqual([2]);
    const failed = (error: unknown): never => {
      throw new Error('translated', { cause: error });
    };
    await expect(andThen(runInNewContext('Promise.reject(3)'), () => 1, failed)).rejects.toThrow(
      'translated',
    );
  });

  it('runs a query once that has only then', async () => {
    let runs = 0;
    const query = withThen({
      value(resolve: (value: number) => void) {
        runs++;
        resolve(7);
      },
    });
    await expect(andThen<unknown, unknown>(query, (value) => value)).resolves.toBe(7);
    expect(runs).toBe(1);
  });

  it('rejects if then cannot be read, or throws', async () => {
    await expect(andThen<unknown, unknown>(brokenGetter(), () => 1)).rejects.toThrow('no then');
    const throwing = withThen({
      value() {
        throw new Error('at once');
      },
    });
    await expect(andThen<unknown, unknown>(throwing, () => 1)).rejects.toThrow('at once');
  });
});
