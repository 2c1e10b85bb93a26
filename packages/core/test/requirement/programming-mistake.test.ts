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
  it.each([true, undefined, null, {}, 'then'])('accepts %j', (answer) => {
    expect(() => refusePromise('The test', answer)).not.toThrow();
  });

  it('throws an error that names the function and is recognized as a programming mistake', () => {
    const error = mistake();
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).toContain('The test answered with a promise');
    expect(isProgrammingMistake(error)).toBe(true);
  });

  it('recognizes no other error as a programming mistake', () => {
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
