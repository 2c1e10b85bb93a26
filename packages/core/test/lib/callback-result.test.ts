import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ignoreRejection, isTrue } from '../../src/lib/callback-result.ts';

const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  unhandled.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('unhandledRejection', note);
});

/** Waits: Node reports unhandled rejections before immediates run. */
function aTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

describe('isTrue', () => {
  it('is true for true itself', () => {
    expect(isTrue(true)).toBe(true);
  });

  it.each([[false], [1], ['true'], [{}], [[]], [null], [undefined], [Promise.resolve(true)]])(
    'is false for %o',
    (answer) => {
      expect(isTrue(answer)).toBe(false);
    },
  );

  it('ignores the rejection of an async answer', async () => {
    expect(isTrue(Promise.reject(new Error('late')))).toBe(false);
    await aTurn();
    expect(unhandled).toEqual([]);
  });
});

describe('ignoreRejection', () => {
  it('handles a rejection, and does not touch other values', async () => {
    ignoreRejection(Promise.reject(new Error('late')));
    ignoreRejection(Promise.resolve(1));
    ignoreRejection({ catch: () => expect.unreachable() });
    ignoreRejection(undefined);
    ignoreRejection(runInNewContext("Promise.reject(new Error('late'))"));
    await aTurn();
    expect(unhandled).toEqual([]);
  });
});

describe('ignoreRejection never throws', () => {
  const unreadable = {
    get() {
      throw new Error('not to be read');
    },
  };

  it.each(['then', 'constructor'])('for a promise whose `%s` cannot be read', async (name) => {
    const hostile = Object.defineProperty(Promise.resolve(1), name, unreadable);
    expect(() => ignoreRejection(hostile)).not.toThrow();
    await aTurn();
    expect(unhandled).toEqual([]);
  });

  it('for a `then` that throws', async () => {
    const hostile = Object.defineProperty({}, 'then', {
      value() {
        throw new Error('at once');
      },
    });
    expect(() => ignoreRejection(hostile)).not.toThrow();
    await aTurn();
    expect(unhandled).toEqual([]);
  });
});
