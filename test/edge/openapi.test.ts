import {
  allOf,
  anyOf,
  anyScope,
  authenticate,
  authorize,
  client,
  describeRequirements,
  type OpenapiSecurityOptions,
  openapiSecurity,
  requireRole,
  requireScope,
  requireUser,
  scope,
  socketCertificate,
} from '@authly/express';
import * as koaKit from '@authly/koa';
import { Router } from '@koa/router';
import { validate } from '@readme/openapi-parser';
import express, { type RequestHandler } from 'express';
import { describe, expect, it } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';

const handler: RequestHandler = (_request, response) => {
  response.end();
};
const server = aResourceServer();

/** An app with a route of every sort. */
function anApp(): express.Express {
  const users = express.Router();
  users.get('/', requireScope('read:users'), handler);
  users.get('/:id', requireScope('read:users'), handler);
  users.delete('/:user', requireUser(), requireScope('read:users', 'write:users'), handler);
  const app = express();
  app.get('/health', handler);
  app.get('/articles', authenticate(server, { optional: true }), handler);
  app.use(authenticate(server));
  app.get('/me', handler);
  app.use('/users', users);
  app.get(
    '/any',
    authorize(anyScope('a', 'b')),
    authorize(allOf(scope('c'), anyScope('d', 'e'))),
    handler,
  );
  app.get('/or', authorize(anyOf(client('nightly-sync'), scope('sync'))), handler);
  app.all('/admin', requireRole('admin'), handler);
  app.get('/files/*path', handler);
  app.get(/^\/r/, handler);
  return app;
}

const described = describeRequirements(anApp());

/** A whole document with the parts in question. */
function documentOf(options?: OpenapiSecurityOptions) {
  const { components, paths, omitted } = openapiSecurity(described, options);
  const info = { title: 'Users', version: '1.0.0' };
  return { document: { openapi: '3.1.0', info, components, paths }, omitted };
}

describe('openapiSecurity', () => {
  const { components, paths, omitted } = openapiSecurity(described);

  it('gives each operation the scopes it needs, and alternatives as such', () => {
    expect(components).toEqual({
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    });
    expect(paths['/users']?.get?.security).toEqual([{ bearer: ['read:users'] }]);
    expect(paths['/any']?.get?.security).toEqual([
      { bearer: ['a', 'c', 'd'] },
      { bearer: ['a', 'c', 'e'] },
      { bearer: ['b', 'c', 'd'] },
      { bearer: ['b', 'c', 'e'] },
    ]);
    expect(paths['/or']?.get?.security).toEqual([{ bearer: [] }, { bearer: ['sync'] }]);
  });

  it('says what is open, what is optional, and what needs only a token', () => {
    expect(paths['/health']?.get).toEqual({ security: [] });
    expect(paths['/articles']?.get).toEqual({ security: [{}, { bearer: [] }] });
    expect(paths['/me']?.get).toEqual({ security: [{ bearer: [] }] });
  });

  it('says in words what OpenAPI cannot express', () => {
    expect(paths['/admin']?.patch).toEqual({
      security: [{ bearer: [] }],
      'x-requirements': ['role admin'],
    });
    expect(Object.keys(paths['/admin'] ?? {}).sort()).toEqual([
      'delete',
      'get',
      'head',
      'options',
      'patch',
      'post',
      'put',
      'trace',
    ]);
  });

  it('writes path templates, one for two spellings of the same', () => {
    expect(paths['/users/{id}']).toEqual({
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: { security: [{ bearer: ['read:users'] }], 'x-requirements': ['scope read:users'] },
      delete: {
        security: [{ bearer: ['read:users', 'write:users'] }],
        'x-requirements': ['user', 'scope read:users and scope write:users'],
      },
    });
    expect(paths).not.toHaveProperty('/users/{user}');
  });

  it('reports what it cannot write', () => {
    expect(omitted.map(({ route, why }) => [route.path, why])).toEqual([
      ['/files/*path', 'OpenAPI has no way to write its path'],
      [undefined, 'the path is a regular expression, /^\\/r/'],
    ]);
  });

  it.each<readonly [string, OpenapiSecurityOptions | undefined]>([
    ['by default', undefined],
    ['with another name', { name: 'acme.token' }],
    [
      'with discovery',
      {
        scheme: {
          type: 'openIdConnect',
          openIdConnectUrl: 'https://as.example.com/.well-known/openid-configuration',
        },
      },
    ],
    [
      'with flows',
      {
        scheme: {
          type: 'oauth2',
          flows: {
            clientCredentials: { tokenUrl: 'https://as.example.com/token' },
            authorizationCode: {
              authorizationUrl: 'https://as.example.com/authorize',
              tokenUrl: 'https://as.example.com/token',
            },
          },
        },
        scopeDescriptions: { 'read:users': 'See users' },
      },
    ],
  ])('makes a document that a validator of OpenAPI 3.1 accepts: %s', async (_, options) => {
    const { document } = documentOf(options);
    const result = await validate(structuredClone(document) as never);
    expect(result).toMatchObject({ valid: true, warnings: [] });
  });

  it('names what a bound token needs in addition, in a document that the validator accepts', async () => {
    const certificate = socketCertificate();
    const bound = aResourceServer({ dpop: 'when-bound', mtls: { mode: 'required', certificate } });
    const app = express();
    app.use(authenticate(bound));
    app.get('/me', requireScope('read:users'), handler);
    const { components: schemes, paths: operations } = openapiSecurity(describeRequirements(app));
    expect(Object.keys(schemes.securitySchemes)).toEqual(['bearer', 'dpop', 'mutualTLS']);
    expect(operations['/me']?.get?.security).toEqual([
      { bearer: ['read:users'], mutualTLS: [] },
      { dpop: ['read:users'], mutualTLS: [] },
    ]);
    const info = { title: 'Users', version: '1.0.0' };
    const document = { openapi: '3.1.0', info, components: schemes, paths: operations };
    expect(await validate(document as never)).toMatchObject({ valid: true, warnings: [] });
  });

  it('the validator really validates: it refuses a document with an unknown scheme', async () => {
    const { document } = documentOf();
    const broken = { ...document, components: { securitySchemes: { bearer: { type: 'https' } } } };
    expect(await validate(broken as never)).toMatchObject({ valid: false });
  });

  it('with flows, lists every scope in use, with what it means where that is known', () => {
    const scheme = {
      type: 'oauth2',
      flows: { clientCredentials: { tokenUrl: 'https://as.example.com/token' } },
    } as const;
    const scopeDescriptions = { 'read:users': 'See users' };
    const { securitySchemes } = openapiSecurity(described, {
      scheme,
      scopeDescriptions,
    }).components;
    expect(securitySchemes['bearer']).toEqual({
      type: 'oauth2',
      flows: {
        clientCredentials: {
          tokenUrl: 'https://as.example.com/token',
          scopes: {
            'read:users': 'See users',
            'write:users': '',
            a: '',
            b: '',
            c: '',
            d: '',
            e: '',
            sync: '',
          },
        },
      },
    });
  });

  it('describes routes of @koa/router in the same way', async () => {
    const router = new Router({ prefix: '/users' });
    router.use(koaKit.authenticate(server));
    router.get('/:id', koaKit.requireScope('read:users'), () => undefined);
    const parts = koaKit.openapiSecurity(koaKit.describeRequirements(router));
    expect(parts.paths['/users/{id}']?.get?.security).toEqual([{ bearer: ['read:users'] }]);
    const info = { title: 'Users', version: '1.0.0' };
    const { components: schemes, paths: operations } = parts;
    const document = { openapi: '3.1.0', info, components: schemes, paths: operations };
    expect(await validate(document as never)).toMatchObject({ valid: true });
  });
});
