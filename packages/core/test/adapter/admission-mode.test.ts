import { describe, expect, it } from 'vitest';
import { admissionMode } from '../../src/adapter/admission-mode.ts';
import { fromHeader } from '../../src/http/credential-source.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { AnyResourceServerOptions } from '../../src/options/options.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';
import { isResourceServer } from '../../src/resource-server.ts';
import { anAnsweringServer } from './servers.ts';

describe('admissionMode', () => {
  it('uses a given resource server', () => {
    const resourceServer = anAnsweringServer();
    const mode = admissionMode(resourceServer);
    expect(mode).toEqual({ resourceServer, optional: false, delegated: false });
  });

  it('has optional and delegated as the options say, with the framework’s own word', () => {
    const resourceServer = anAnsweringServer();
    const show = () => {};
    const framework = { delegates: 'next', show } as const;
    const asked = { optional: true, onRefusal: 'next' } as const;
    expect(admissionMode(resourceServer, asked, framework)).toEqual({
      resourceServer,
      optional: true,
      delegated: true,
      show,
    });
    const others = [undefined, {}, { optional: undefined, onRefusal: undefined }];
    for (const options of [...others, { onRefusal: 'respond' } as const]) {
      const { optional, delegated } = admissionMode(resourceServer, options, framework);
      expect({ optional, delegated }).toEqual({ optional: false, delegated: false });
    }
  });

  it.each(['true', 'false', '', 0, 1, null, {}])(
    'refuses %o as optional: a text would let everybody in',
    (optional) => {
      expect(() => admissionMode(anAnsweringServer(), { optional } as never)).toThrow(
        /optional must be true or false.*Write: authenticate\(\{ … \}, \{ optional: true \}\)/,
      );
    },
  );

  it('refuses the word of another framework as onRefusal, and every other value', () => {
    for (const onRefusal of ['throw', 'Next', true, null]) {
      expect(() =>
        admissionMode(anAnsweringServer(), { onRefusal } as never, { delegates: 'next' }),
      ).toThrow(
        "onRefusal must be 'respond' or 'next'. Write: authenticate({ … }, { onRefusal: 'next' })",
      );
    }
    expect(() => admissionMode(anAnsweringServer(), { onRefusal: 'next' } as never)).toThrow(
      "onRefusal must be 'respond'. Write",
    );
  });

  it('makes a resource server from options, and is frozen', () => {
    const issuer = rfc9068({ issuer: 'https://as.example.com' });
    const mode = admissionMode({ issuer, audience: 'https://api.example.com' });
    expect(isResourceServer(mode.resourceServer)).toBe(true);
    expect(Object.isFrozen(mode)).toBe(true);
    mode.resourceServer.close();
  });

  it('accepts only fromCookie and fromHeader as credentials', () => {
    const resourceServer = anAnsweringServer();
    const credentials = fromHeader('x-token');
    expect(admissionMode(resourceServer, { credentials }).credentials).toBe(credentials);
    for (const other of ['x-token', {}, null, () => 'a.b.c']) {
      expect(() => admissionMode(resourceServer, { credentials: other as never })).toThrow(
        "Write: credentials: fromCookie('__Host-at', { origins: ['https://app.acme.com'] })",
      );
    }
  });

  it('accepts only a function as skip', () => {
    const resourceServer = anAnsweringServer();
    const skip = () => true;
    expect(admissionMode(resourceServer, { skip }).skip).toBe(skip);
    for (const wrong of ['/livez', ['/livez'], true, null]) {
      const options = { skip: wrong as never };
      expect(() => admissionMode(resourceServer, options)).toThrow(
        "Write: skip: ({ url }) => url === '/livez'",
      );
    }
  });

  it('detects a request that was given instead of a resource server', () => {
    const request: unknown = { method: 'GET', originalUrl: '/' };
    expect(() => admissionMode(request as AnyResourceServerOptions)).toThrow(
      'Write authenticate({ issuer, audience })',
    );
  });

  it('throws ConfigurationError for wrong options', () => {
    const nothing: unknown = {};
    expect(() => admissionMode(nothing as AnyResourceServerOptions)).toThrow(ConfigurationError);
  });

  it('names authenticate() in errors about the options of the resource server', () => {
    const line =
      "Write: authenticate({ issuer: auth0('acme.eu.auth0.com'), audience: 'https://api.acme.com' })";
    const missing: unknown = undefined;
    expect(() => admissionMode(missing as AnyResourceServerOptions)).toThrow(
      `authenticate() takes an object of options, not undefined. ${line}`,
    );
    const misspelled: unknown = { isuer: 1 };
    expect(() => admissionMode(misspelled as AnyResourceServerOptions)).toThrow(
      'authenticate() has no option "isuer". Did you mean "issuer"? ',
    );
  });
});
