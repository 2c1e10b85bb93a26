import { describe, expect, it } from 'vitest';
import { scope } from '../../src/requirement/scope.ts';
import {
  checkInWords,
  checkOf,
  mayCallGuards,
  neutralMiddleware,
  skipsRoute,
} from '../../src/routes/route-check.ts';

const skip = ({ url }: { url: string }) => url === '/livez';
const authenticate = Object.assign(() => undefined, { resourceServer: {}, optional: true, skip });
const guard = Object.assign(() => undefined, { requirement: scope('a') });

describe('checkOf', () => {
  it('recognizes guards and authenticate by their members', () => {
    expect(checkOf(guard)?.requirement).toBe(guard.requirement);
    expect(checkOf(authenticate)).toMatchObject({ optional: true, skip });
    for (const other of [() => undefined, {}, undefined]) expect(checkOf(other)).toBeUndefined();
  });

  it('describes them in words', () => {
    const words = [guard, authenticate].map(checkOf).map((check) => check && checkInWords(check));
    expect(words).toEqual(['a guard (scope a)', 'authenticate']);
  });
});

describe('skipsRoute', () => {
  const answers = (given: unknown, method = 'GET', path: string | undefined = '/livez') =>
    skipsRoute({ handler: authenticate, skip: given }, method, path);

  it('calls skip with the method and the path of the route', () => {
    expect(answers(skip)).toBe('yes');
    expect(answers(skip, 'GET', '/livez/:id')).toBe('no');
    expect(answers(undefined)).toBe('no');
    expect(answers(({ method }: { method: string }) => method === 'GET', 'POST')).toBe('no');
  });

  it('gives maybe for an unknown path, for some methods, and if skip throws', () => {
    const throwing = ({ header }: { header: (name: string) => undefined | string }) =>
      String(header('x')).length === Reflect.get(Object(header('x')).missing, 'x');
    expect(skipsRoute({ handler: authenticate, skip }, 'GET', undefined)).toBe('maybe');
    expect(answers(({ method }: { method: string }) => method === 'GET', '*')).toBe('maybe');
    expect(answers(throwing)).toBe('maybe');
    expect(answers(() => true, '*')).toBe('yes');
  });

  it('treats only true as yes', () => {
    expect(answers(() => 'yes')).toBe('no');
  });
});

describe('mayCallGuards', () => {
  it('is true only for functions that are not ours', () => {
    expect(mayCallGuards(() => undefined)).toBe(true);
    for (const ours of [guard, authenticate, neutralMiddleware(() => undefined), {}, undefined]) {
      expect(mayCallGuards(ours)).toBe(false);
    }
  });
});
