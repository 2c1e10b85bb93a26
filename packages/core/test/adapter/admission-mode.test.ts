import { describe, expect, it } from 'vitest';
import { admissionMode } from '../../src/adapter/admission-mode.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { AnyResourceServerOptions } from '../../src/options/options.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';
import { isResourceServer } from '../../src/resource-server.ts';
import { anAnsweringServer } from './servers.ts';

const how = { optional: true, delegated: false };

describe('admissionMode', () => {
  it('takes a resource server as it is', () => {
    const resourceServer = anAnsweringServer();
    expect(admissionMode(resourceServer, how)).toEqual({ ...how, resourceServer });
  });

  it('makes a resource server of options, and cannot be changed afterwards', () => {
    const issuer = rfc9068({ issuer: 'https://as.example.com' });
    const mode = admissionMode({ issuer, audience: 'https://api.example.com' }, how);
    expect(isResourceServer(mode.resourceServer)).toBe(true);
    expect(Object.isFrozen(mode)).toBe(true);
    mode.resourceServer.close();
  });

  it('throws ConfigurationError for options that are not right', () => {
    const nothing: unknown = {};
    expect(() => admissionMode(nothing as AnyResourceServerOptions, how)).toThrow(
      ConfigurationError,
    );
  });
});
