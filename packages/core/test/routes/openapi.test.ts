import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { Scheme } from '../../src/model/scheme.ts';
import { role } from '../../src/requirement/membership.ts';
import { scope } from '../../src/requirement/scope.ts';
import { type OpenapiScheme, openapiSecurity } from '../../src/routes/openapi.ts';
import type { RouteDescription } from '../../src/routes/route-description.ts';

const DISCOVERY = {
  type: 'openIdConnect',
  openIdConnectUrl: 'https://as.example.com/.well-known/openid-configuration',
} as const;

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
  it('of no routes has a scheme and no paths', () => {
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
  ])('gives the security of a route: case %#', (route, security) => {
    expect(openapiSecurity([route]).paths['/users']?.get?.security).toEqual(security);
  });

  it.each<[readonly Scheme[], OpenapiScheme | undefined, unknown, readonly string[]]>([
    [['bearer'], undefined, [{ bearer: ['a'] }], ['bearer']],
    [['bearer', 'dpop'], undefined, [{ bearer: ['a'] }, { dpop: ['a'] }], ['bearer', 'dpop']],
    [['dpop'], undefined, [{ dpop: ['a'] }], ['dpop']],
    [['dpop'], DISCOVERY, [{ bearer: ['a'], dpop: [] }], ['bearer', 'dpop']],
    [
      ['bearer', 'dpop'],
      DISCOVERY,
      [{ bearer: ['a'] }, { bearer: ['a'], dpop: [] }],
      ['bearer', 'dpop'],
    ],
  ])('names the schemes with which tokens are sent: %j', (schemes, scheme, security, names) => {
    const route = aRoute({ schemes, requirements: [scope('a')] });
    const { paths, components } = openapiSecurity([route], scheme && { scheme });
    expect(paths['/users']?.get?.security).toEqual(security);
    expect(Object.keys(components.securitySchemes)).toEqual(names);
    if (names.includes('dpop')) {
      expect(components.securitySchemes['dpop']).toMatchObject({ type: 'http', scheme: 'DPoP' });
    }
  });

  it.each<[Partial<RouteDescription>, OpenapiScheme | undefined, unknown]>([
    [{}, undefined, [{ bearer: ['a'], mutualTLS: [] }]],
    [{ optional: true }, undefined, [{}, { bearer: ['a'], mutualTLS: [] }]],
    [
      { schemes: ['bearer', 'dpop'] },
      undefined,
      [
        { bearer: ['a'], mutualTLS: [] },
        { dpop: ['a'], mutualTLS: [] },
      ],
    ],
    [{ schemes: ['dpop'] }, DISCOVERY, [{ bearer: ['a'], dpop: [], mutualTLS: [] }]],
  ])(
    'needs a client certificate with the token if tokens without one are refused: %j',
    (given, scheme, security) => {
      const route = aRoute({ needsCertificate: true, requirements: [scope('a')], ...given });
      const other = aRoute({ path: '/other' });
      const { paths, components } = openapiSecurity([route, other], scheme && { scheme });
      expect(paths['/users']?.get?.security).toEqual(security);
      expect(paths['/other']?.get?.security).toEqual([{ bearer: [] }]);
      expect(components.securitySchemes['mutualTLS']).toEqual({
        type: 'mutualTLS',
        description: 'The client certificate that the access token is bound to (RFC 8705)',
      });
      expect(openapiSecurity([other]).components.securitySchemes).not.toHaveProperty('mutualTLS');
      const named = openapiSecurity([route], { mutualTlsName: 'mtls' });
      expect(named.paths['/users']?.get?.security.at(-1)).toHaveProperty('mtls');
      expect(named.components.securitySchemes).toHaveProperty('mtls');
    },
  );

  it('describes both schemes if routes differ, under the chosen names', () => {
    const routes = [aRoute({ schemes: ['dpop'] }), aRoute({ path: '/open', schemes: ['bearer'] })];
    const names = { name: 'plain', dpopName: 'bound' };
    const { paths, components } = openapiSecurity(routes, names);
    expect(paths['/users']?.get?.security).toEqual([{ bound: [] }]);
    expect(paths['/open']?.get?.security).toEqual([{ plain: [] }]);
    expect(Object.keys(components.securitySchemes)).toEqual(['plain', 'bound']);
  });

  it.each([
    [{ dpopName: 'a b' }, /"a b" cannot name a scheme\. Write: .*dpopName: 'dpop'/],
    [{ name: 'dpop' }, /two schemes are named "dpop"/],
    [{ name: 'x', dpopName: 'x' }, /two schemes are named "x"/],
    [{ mutualTlsName: 'a b' }, /"a b" cannot name a scheme\. Write: .*mutualTlsName: 'mutualTLS'/],
    [{ mutualTlsName: 'dpop' }, /two schemes are named "dpop"/],
    [{ name: 'mutualTLS' }, /two schemes are named "mutualTLS"/],
  ])('refuses the names %j', (options, message) => {
    expect(() => openapiSecurity([], options)).toThrow(message);
  });

  it('uses the first of two routes with the same path and method, because that one answers', () => {
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
  ])('leaves out a route that OpenAPI cannot describe, and says why: case %#', (route, why) => {
    expect(openapiSecurity([route])).toMatchObject({ paths: {}, omitted: [{ route, why }] });
  });

  it('describes the route at the root', () => {
    expect(Object.keys(openapiSecurity([aRoute({ path: '/' })]).paths)).toEqual(['/']);
  });

  it.each(['', 'a b', 'a/b', 'ä'])('refuses %j as the name of a scheme', (name) => {
    expect(() => openapiSecurity([], { name })).toThrow(ConfigurationError);
  });

  it('refuses oauth2 without a flow, and says what to write', () => {
    const scheme = { type: 'oauth2', flows: {} } as const;
    expect(() => openapiSecurity([], { scheme })).toThrow(/Write: \{ type: 'oauth2', flows:/);
  });
});
