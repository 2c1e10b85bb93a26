import { describe, expect, it } from 'vitest';
import { isProgrammingMistake, refusePromise } from '../../src/requirement/programming-mistake.ts';

function mistake(): unknown {
  try {
    refusePromise('The test', Promise.resolve());
  } catch (error) {
    return error;
  }
  return expect.unreachable('a promise must be refused');
}

describe('refusePromise', () => {
  it.each([true, undefined, null, {}, 'then'])('lets %j pass', (answer) => {
    expect(() => refusePromise('The test', answer)).not.toThrow();
  });

  it('throws for a promise what names the function, and is known again', () => {
    const error = mistake();
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain('The test answered with a promise');
    expect(isProgrammingMistake(error)).toBe(true);
  });

  it('knows nothing else for a mistake', () => {
    for (const other of [
      new TypeError('x'),
      undefined,
      null,
      'x',
      Object.create(mistake() as object),
    ]) {
      expect(isProgrammingMistake(other)).toBe(false);
    }
  });
});
