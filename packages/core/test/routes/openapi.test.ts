import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import { role } from '../../src/requirement/membership.ts';
import { scope } from '../../src/requirement/scope.ts';
import { openapiSecurity } from '../../src/routes/openapi.ts';
import type { RouteDescription } from '../../src/routes/route-description.ts';

function aRoute(given: Partial<RouteDescription> = {}): RouteDescription {
  return {
    method: 'GET',
    path: '/users',
    requirements: [],
    authenticated: true,
    optional: false,
    unknown: [],
    warnings: [],
    ...given,
  };
}

describe('openapiSecurity', () => {
  it('of no routes is a scheme and no paths', () => {
    expect(openapiSecurity([])).toEqual({
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      },
      paths: {},
      omitted: [],
    });
  });

  it.each([
    [aRoute(), [{ bearer: [] }]],
    [aRoute({ authenticated: false }), []],
    [aRoute({ optional: true }), [{}, { bearer: [] }]],
    [aRoute({ requirements: [scope('a'), role('b'), scope('a', 'c')] }), [{ bearer: ['a', 'c'] }]],
    // A guard without authenticate refuses everybody: that is not open.
    [aRoute({ authenticated: false, requirements: [role('b')] }), [{ bearer: [] }]],
  ])('says who gets in: case %#', (route, security) => {
    expect(openapiSecurity([route]).paths['/users']?.get?.security).toEqual(security);
  });

  it('the first of two routes with one path and method counts, since it answers', () => {
    const { paths } = openapiSecurity([
      aRoute({ path: '/:id', requirements: [scope('first')] }),
      aRoute({ path: '/:name', requirements: [scope('second')] }),
      aRoute({ path: '/:name', method: 'PUT' }),
    ]);
    expect(Object.keys(paths)).toEqual(['/{id}']);
    expect(paths['/{id}']?.get?.security).toEqual([{ bearer: ['first'] }]);
    expect(paths['/{id}']?.put?.security).toEqual([{ bearer: [] }]);
  });

  it.each([
    [aRoute({ path: undefined }), 'its path is not known'],
    [aRoute({ path: undefined, unknown: ['a', 'b'] }), 'a; b'],
    [aRoute({ unknown: ['a guard may run'] }), 'a guard may run'],
    [aRoute({ path: '/*rest' }), 'OpenAPI has no way to write its path'],
    [aRoute({ path: '/a{/b}' }), 'OpenAPI has no way to write its path'],
    [aRoute({ path: '/:id/:id' }), 'two parameters of its path have one name'],
    [aRoute({ method: 'PROPFIND' }), 'OpenAPI 3.1 has no place for the method PROPFIND'],
  ])('leaves out what it cannot write, and says why: case %#', (route, why) => {
    expect(openapiSecurity([route])).toMatchObject({ paths: {}, omitted: [{ route, why }] });
  });

  it('writes the root', () => {
    expect(Object.keys(openapiSecurity([aRoute({ path: '/' })]).paths)).toEqual(['/']);
  });

  it.each(['', 'a b', 'a/b', 'ä'])('refuses %j for the name of a scheme', (name) => {
    expect(() => openapiSecurity([], { name })).toThrow(ConfigurationError);
  });

  it('refuses oauth2 without a flow, and says what to write', () => {
    const scheme = { type: 'oauth2', flows: {} } as const;
    expect(() => openapiSecurity([], { scheme })).toThrow(/Write: \{ type: 'oauth2', flows:/);
  });
});
