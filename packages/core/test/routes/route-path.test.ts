import { describe, expect, it } from 'vitest';
import {
  covers,
  parsePath,
  pathOf,
  pathPart,
  pathText,
  type UnknownPart,
} from '../../src/routes/route-path.ts';

const kinds = (path: string) => parsePath(path).map(({ kind }) => kind);

describe('parsePath', () => {
  it.each([
    ['/', []],
    ['', []],
    ['/users', ['literal']],
    ['/users/', ['literal']],
    ['users', ['literal']],
    ['/users/:id/posts', ['literal', 'parameter', 'literal']],
    ["/n%C3%B6tes/a.b-c~d;e=1,2@f&g'", ['literal', 'literal']],
    ['/files/*path', ['literal', 'rest']],
    ['/files/*', ['literal', 'rest']],
    ['/users//posts', ['literal', 'literal', 'literal']],
    ['/users{/:id}/x', ['pattern']],
    ['/users/:id(\\d+)/x', ['literal', 'pattern']],
    ['/:from-:to', ['pattern']],
    ['/:"odd name"', ['pattern']],
    ['/a?b', ['pattern']],
    ['/(?:\\/|$)', ['pattern']],
  ])('splits %s into parts', (path, expected) => {
    expect(kinds(path)).toEqual(expected);
  });
});

describe('pathText', () => {
  it.each(['/', '/users', '/users/:id', '/files/*path', '/a//b', '/users{/:id}/x'])(
    'gives %s back unchanged',
    (path) => {
      expect(pathText(parsePath(path))).toBe(path);
    },
  );

  it('gives undefined for a path with an unknown part', () => {
    expect(pathText(pathOf(['/a', { why: 'nobody knows' }, '/b']))).toBeUndefined();
    expect(pathText(pathOf(['/a/', '/', '', '/b']))).toBe('/a/b');
  });
});

describe('covers', () => {
  const mount: UnknownPart = { why: 'one mount' };
  const other: UnknownPart = { why: 'another mount' };

  it.each([
    // Middleware, which needs the beginning of a path.
    ['/', false, '/a', 'yes'],
    ['/a', false, '/a', 'yes'],
    ['/a', false, '/a/b', 'yes'],
    ['/a', false, '/ab', 'no'],
    ['/a', false, '/', 'no'],
    ['/a', false, '/A', 'maybe'],
    ['/a', false, '/:x', 'maybe'],
    ['/a/b', false, '/:x/c', 'no'],
    ['/:x', false, '/a/b', 'yes'],
    ['/:x', false, '/:y', 'yes'],
    ['/:x', false, '/', 'no'],
    ['/:x', false, '/*rest', 'maybe'],
    ['/a', false, '/*rest', 'maybe'],
    ['/a{/b}', false, '/a', 'maybe'],
    ['/a{/b}', false, '/a{/b}', 'yes'],
    // Guards that stand as a route, which need the whole path.
    ['/', true, '/', 'yes'],
    ['/', true, '/a', 'no'],
    ['/a', true, '/a', 'yes'],
    ['/a', true, '/a/b', 'no'],
    ['/a', true, '/a/*rest', 'maybe'],
    ['/:x', true, '/a', 'yes'],
    ['/a/*rest', true, '/a/b/c', 'yes'],
    ['/a/*rest', true, '/a/:x', 'yes'],
    ['/a/*rest', true, '/a', 'no'],
    ['/a/*rest', true, '/b/c', 'no'],
    ['/A/*rest', true, '/a/c', 'maybe'],
    ['/*rest', true, '/', 'no'],
    ['*', true, '/', 'yes'],
    ['*', true, '/a/b', 'yes'],
    ['/*a/b', true, '/x/b', 'maybe'],
    ['/*rest', true, '/*rest', 'yes'],
  ] as const)('%s (end: %s) covers %s: %s', (step, end, route, expected) => {
    expect(covers(parsePath(step), end, parsePath(route))).toBe(expected);
  });

  it.each([
    [[mount], [mount, '/a'], 'yes'],
    [[mount, '/a'], [mount, '/a'], 'yes'],
    [[mount, '/a'], [mount, '/b'], 'no'],
    [[mount], [other, '/a'], 'maybe'],
    [[mount], ['/a'], 'maybe'],
    [[mount], ['/'], 'maybe'],
    [['/a'], [mount, '/a'], 'maybe'],
    [['/'], [mount, '/a'], 'yes'],
  ] as const)('with unknown parts: case %#', (step, route, expected) => {
    expect(covers(pathOf(step), false, pathOf(route))).toBe(expected);
  });
});

describe('pathPart', () => {
  it('accepts a string, and says of anything else why the path is not known', () => {
    expect(pathPart('/users')).toBe('/users');
    expect(pathPart(/^.users$/i)).toEqual({ why: 'the path is a regular expression, /^.users$/i' });
    expect(pathPart(undefined)).toEqual({ why: 'no path is kept' });
  });
});
