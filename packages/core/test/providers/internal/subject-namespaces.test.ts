import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/model/errors.ts';
import {
  authentik,
  curity,
  descope,
  hydra,
  oidcProvider,
  spring,
  zitadel,
} from '../../../src/providers/index.ts';
import { NO_KEYS } from '../token-table.ts';

const presets: Readonly<Record<string, readonly [(options: never) => unknown, object]>> = {
  spring: [spring, { issuer: 'https://as.acme.com' }],
  curity: [curity, { issuer: 'https://as.acme.com/oauth/v2/oauth-anonymous' }],
  hydra: [hydra, { issuer: 'https://as.acme.com' }],
  oidcProvider: [oidcProvider, { issuer: 'https://as.acme.com' }],
  zitadel: [zitadel, { issuer: 'https://as.acme.com' }],
  authentik: [authentik, { issuer: 'https://as.acme.com/application/o/x/' }],
  descope: [descope, { projectId: 'P2' }],
};

describe.each(Object.entries(presets))('%s', (name, [preset, base]) => {
  const create = (options: object) =>
    Reflect.apply(preset, undefined, [{ ...base, jwks: NO_KEYS, ...options }]);

  it('names the setting that is missing', () => {
    expect(() => create({})).toThrow(ConfigurationError);
    expect(() => create({})).toThrow(/subjectNamespaces or classify is required/);
    expect(() => create({})).toThrow(new RegExp(`^${name}: .*caller_type`));
    expect(() => create({ subjectNamespaces: 'both' })).toThrow(/subjectNamespaces/);
  });

  it('refuses every token when nothing is known', () => {
    const { classify } = create({ subjectNamespaces: 'unknown' });
    expect(classify({ sub: 'dana', client_id: 'web', aud: 'web', scope: ['a'] }, {}).kind).toBe(
      'unknown',
    );
    expect(classify({ sub: 'web', client_id: 'web', aud: 'web' }, {}).kind).toBe('unknown');
  });

  it('accepts a rule of the operator, but not together with the other setting', () => {
    const { classify } = create({ classify: () => 'user' });
    expect(classify({ sub: 'dana' }, {}).kind).toBe('user');
    expect(() => create({ classify: () => 'user', subjectNamespaces: 'unknown' })).toThrow(
      /exclude/,
    );
    expect(() => create({ classify: 'user' })).toThrow(new RegExp(`^${name}: .*write classify`));
  });

  it("accepts 'disjoint' only if that tells users from machines", () => {
    const tellsSomething = ['spring', 'curity', 'hydra', 'oidcProvider'].includes(name);
    const word = () => create({ subjectNamespaces: 'disjoint' });
    if (tellsSomething) expect(word).not.toThrow();
    else expect(word).toThrow(/does not tell users from machines/);
  });
});
