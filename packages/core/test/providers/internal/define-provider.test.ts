import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/model/errors.ts';
import { noScopes } from '../../../src/providers/internal/claim-readers.ts';
import { asUnknown } from '../../../src/providers/internal/classification.ts';
import {
  audienceFreeProvider,
  audienceProvider,
  idSet,
  isAudienceFree,
  issuerOptions,
  namedAs,
  type ProviderOptions,
  type ProviderStatement,
  presetOptions,
  refuseUndefined,
} from '../../../src/providers/internal/define-provider.ts';
import { keysAt } from '../../../src/providers/internal/discovery-documents.ts';
import { PLAIN_TYPE } from '../../../src/providers/internal/type-policies.ts';
import { NO_KEYS } from '../token-table.ts';

const KEYS = keysAt('https://as.acme.com/jwks');
const requiredClaims = ['aud', 'sub'];
const statement = (keys: ProviderStatement['keys'] = KEYS): ProviderStatement => ({
  preset: 'acme',
  issuer: 'https://as.acme.com',
  keys,
  types: PLAIN_TYPE,
  requiredClaims,
  classify: () => asUnknown('nobody calls'),
  authority: { scopes: noScopes },
});

describe('a provider', () => {
  it('is what its preset states, needs aud, and cannot be changed', () => {
    const provider = audienceProvider(statement(), {});
    expect(provider).toEqual({
      ...statement(),
      audienceClaim: 'required',
      classify: expect.anything(),
    });
    for (const part of [provider, provider.keys, provider.authority, provider.requiredClaims]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(provider.requiredClaims).not.toBe(requiredClaims);
    expect(Object.keys(provider)).not.toContain('name');
    expect(Object.keys(provider)).not.toContain('fetch');
  });

  it('has the name and the fetch of the operator', () => {
    const options = { name: 'main', fetch: globalThis.fetch };
    expect(audienceProvider(statement(), options)).toMatchObject(options);
  });

  it('has the operator’s keys instead of its own', () => {
    expect(audienceProvider(statement(), { jwks: NO_KEYS }).keys).toEqual({
      kind: 'static',
      jwks: NO_KEYS,
    });
    const jwksUri = 'https://keys.acme.com/';
    expect(audienceProvider(statement(), { jwksUri }).keys).toEqual({ kind: 'jwks', url: jwksUri });
  });

  it.each<readonly [string, object, string]>([
    ['two sources of keys', { jwks: NO_KEYS, jwksUri: 'https://a.example' }, 'exclude each other'],
    ['a PEM for keys', { jwks: '-----BEGIN' }, 'jwks is text, not a JWK set'],
    ['nothing for keys', { jwks: null }, 'jwks must be a JWK set'],
    ['a number for keys', { jwks: 7 }, 'jwks must be a JWK set'],
    ['keys that are no list', { jwks: { keys: {} } }, 'jwks must be a JWK set'],
    ['a jwksUri that is not a URL', { jwksUri: 'keys' }, 'is not an absolute URL'],
    ['an empty name', { name: '' }, 'name must be a non-empty string'],
    ['a name that is a number', { name: 7 }, 'name must be a non-empty string'],
    ['a fetch that is not a function', { fetch: {} }, 'fetch must be a function'],
  ])('may not have %s', (_what, options, words) => {
    const make = () => audienceProvider(statement(), options as ProviderOptions);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(`acme: `);
    expect(make).toThrow(words);
  });

  it('needs keys from the operator if the preset knows none', () => {
    const nowhere = { ...statement(), keys: undefined };
    expect(() => audienceProvider(nowhere, {})).toThrow("write jwksUri: 'https://…'");
    expect(audienceProvider(nowhere, { jwks: NO_KEYS }).keys.kind).toBe('static');
  });
});

describe('a provider whose tokens need no aud', () => {
  const free = () => audienceFreeProvider({ ...statement(), accepts: () => true }, {});

  it('is recognized by a brand, which a spread copies and a copy by hand does not', () => {
    const provider = free();
    expect(provider.audienceClaim).toBe('absent');
    expect(provider.accepts({}, {})).toBe(true);
    expect(Object.isFrozen(provider)).toBe(true);
    expect(isAudienceFree(provider)).toBe(true);
    expect(isAudienceFree({ ...provider, name: 'other' })).toBe(true);
    const { preset, issuer, keys } = provider;
    expect(isAudienceFree({ preset, issuer, keys, audienceClaim: 'absent' })).toBe(false);
    expect(isAudienceFree(audienceProvider(statement(), {}))).toBe(false);
  });
});

describe('the options of a preset', () => {
  type Options = ProviderOptions & { readonly issuer: string; readonly ids?: readonly string[] };
  const NAMES = { issuer: true, ids: true } as const;
  const checked = (options: object) => presetOptions<Options>('acme', options as Options, NAMES);

  it('are returned if each of them is known', () => {
    const options = { issuer: 'https://a.example', ids: ['a'], name: 'a', jwks: NO_KEYS };
    expect(checked(options)).toBe(options);
    expect(() => checked({ issuers: 'x' })).toThrow('acme() has no option "issuers"');
    expect(() => presetOptions<Options>('acme', undefined as never, NAMES)).toThrow(
      "Write: acme({ issuer: 'https://…' })",
    );
  });

  it.each([
    [{ issuer: 'https://undefined.example' }, 'issuer'],
    [{ issuer: 'https://a.example', ids: ['a', 'null'] }, 'ids'],
  ])('that were made of a variable that is not set are refused: %j', (options, name) => {
    expect(() => checked(options)).toThrow(`acme: ${name} contains the word undefined or null`);
  });

  it('may be only the issuer', () => {
    expect(issuerOptions<Options>('acme', 'https://a.example', NAMES)).toEqual({
      issuer: 'https://a.example',
    });
    const options = { issuer: 'https://a.example', name: 'a' };
    expect(issuerOptions<Options>('acme', options, NAMES)).toBe(options);
    expect(() => issuerOptions<Options>('acme', 'https://undefined.example', NAMES)).toThrow(
      'contains the word undefined',
    );
  });

  it('have a name where the preset needs one, unless the operator gives it', () => {
    expect(namedAs('tenant', {})).toEqual({ name: 'tenant' });
    expect(namedAs('tenant', { name: 'mine' })).toEqual({ name: 'mine' });
  });
});

describe('a list of ids', () => {
  it('is made into a set', () => {
    expect(idSet('acme', 'ids', ['a', 'b'], "['a']")).toEqual(new Set(['a', 'b']));
    expect(idSet('acme', 'ids', [], "['a']").size).toBe(0);
  });

  it.each([undefined, 'a', [''], [7], ['a', null], { length: 0 }])('may not be %j', (ids) => {
    expect(() => idSet('acme', 'ids', ids, "['a']")).toThrow(
      "acme: ids must be a list of non-empty strings; write ids: ['a']",
    );
  });

  it('is refused if it is undefined, because that would let everybody in', () => {
    const refuse = (options: object) => () => refuseUndefined('acme', options, 'ids', "['a']");
    expect(refuse({ ids: undefined })).toThrow("write ids: ['a'], or leave it out");
    expect(refuse({ ids: undefined })).toThrow(ConfigurationError);
    for (const fine of [{}, { ids: ['a'] }, { other: undefined }])
      expect(refuse(fine)).not.toThrow();
  });
});
