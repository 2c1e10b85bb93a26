import { describe, expect, it } from 'vitest';
import { entra } from '../../../src/providers/index.ts';
import { NO_KEYS } from '../token-table.ts';

const NORTH = '3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10';
const SOUTH = '11111111-2222-4333-8444-555566667777';
const TEMPLATE = 'https://login.microsoftonline.com/{tenantid}/v2.0';

function issuerOf(tenant: string): string {
  return `https://login.microsoftonline.com/${tenant}/v2.0`;
}

describe('an API of many tenants', () => {
  const some = () => entra({ tenants: [NORTH.toUpperCase()], jwks: NO_KEYS });
  const any = () => entra({ tenants: 'any', jwks: NO_KEYS });

  it('is named by tokens of its tenants only', () => {
    expect(some().names?.({ iss: issuerOf(NORTH), tid: NORTH })).toBe(true);
    expect(some().names?.({ iss: issuerOf(SOUTH), tid: SOUTH })).toBe(false);
    expect(any().names?.({ iss: issuerOf(SOUTH), tid: SOUTH })).toBe(true);
  });

  it('is not named by a token whose iss and tid differ', () => {
    expect(any().names?.({ iss: issuerOf(NORTH), tid: SOUTH })).toBe(false);
    expect(any().names?.({ iss: TEMPLATE, tid: '{tenantid}' })).toBe(false);
    expect(any().names?.({ iss: issuerOf(NORTH) })).toBe(false);
    expect(any().names?.({ tid: NORTH })).toBe(false);
    const nobody = 'https://login.microsoftonline.com//v2.0';
    expect(any().names?.({ iss: nobody, tid: [NORTH] })).toBe(false);
    expect(any().names?.({ iss: 'https://login.microsoftonline.com//v2.0', tid: '' })).toBe(false);
  });

  it('accepts a key for all tenants, or for the tenant of the token', () => {
    const claims = { iss: issuerOf(NORTH), tid: NORTH };
    expect(any().keyServes?.(TEMPLATE, claims)).toBe(true);
    expect(any().keyServes?.(issuerOf(NORTH), claims)).toBe(true);
    expect(any().keyServes?.(issuerOf(SOUTH), claims)).toBe(false);
    expect(any().keyServes?.(undefined, claims)).toBe(false);
  });

  it('gives a user and a client a key id that begins with the tenant', () => {
    const claims = { oid: 'o1', sub: 's1', azp: 'web', scp: 'read', tid: NORTH };
    expect(any().classify(claims, {})).toMatchObject({ userId: 'o1', keyId: `${NORTH}/o1` });
    expect(any().classify({ ...claims, idtyp: 'app', scp: '' }, {})).toMatchObject({
      clientId: 'web',
      keyId: `${NORTH}/web`,
    });
    expect(any().classify({ ...claims, idtyp: 'device' }, {}).kind).toBe('unknown');
  });
});

describe('an API of many tenants, version 1', () => {
  const v1 = () => entra({ tenants: [NORTH], version: 'v1' });
  const iss = `https://sts.windows.net/${NORTH}/`;

  it('is named by tokens of that version only', () => {
    expect(v1().names?.({ iss, tid: NORTH })).toBe(true);
    expect(v1().names?.({ iss: issuerOf(NORTH), tid: NORTH })).toBe(false);
    expect(v1().names?.({ iss: `https://sts.windows.net/${SOUTH}/`, tid: SOUTH })).toBe(false);
    expect(v1().names?.({ iss, tid: SOUTH })).toBe(false);
  });

  it('uses only keys that are for the tenant of the token', () => {
    expect(v1().keys).toEqual({
      kind: 'jwks',
      url: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
    });
    const claims = { iss, tid: NORTH };
    expect(v1().keyServes?.(TEMPLATE, claims)).toBe(true);
    expect(v1().keyServes?.(issuerOf(NORTH), claims)).toBe(true);
    expect(v1().keyServes?.(issuerOf(SOUTH), claims)).toBe(false);
    expect(v1().keyServes?.(undefined, claims)).toBe(false);
  });

  it('has the client id of that version', () => {
    expect(v1().requiredClaims).toContain('appid');
    expect(v1().classify({ oid: 'o1', sub: 'o1', appid: 'job', tid: NORTH }, {})).toMatchObject({
      clientId: 'job',
      keyId: `${NORTH}/job`,
    });
  });
});

describe('an API of one tenant', () => {
  it.each([
    ['v2', () => entra(NORTH)],
    ['v1', () => entra({ tenant: NORTH, version: 'v1' })],
    ['External ID', () => entra(`https://${NORTH}.ciamlogin.com/${NORTH}/v2.0`)],
  ])('does not use a key that is bound to another tenant: %s', (_version, make) => {
    const { keyServes } = make();
    const served = (keyIssuer: string | undefined) => keyServes?.(keyIssuer, {});
    expect(served(undefined)).toBe(true);
    expect(served(TEMPLATE)).toBe(true);
    expect(served(issuerOf(NORTH))).toBe(true);
    expect(served(`https://sts.windows.net/${NORTH}/`)).toBe(true);
    expect(served(issuerOf(SOUTH))).toBe(false);
    expect(served(`https://sts.windows.net/${SOUTH}/`)).toBe(false);
    expect(served(`https://evil.example/${SOUTH}/x/${NORTH}/v2.0`)).toBe(false);
    expect(served('')).toBe(false);
  });

  it('reads the client id from the claim of the version of its issuer', () => {
    const idOf = (issuer: string) => entra({ issuer }).requiredClaims;
    expect(idOf(`https://sts.windows.net/${NORTH}/`)).toContain('appid');
    expect(idOf(issuerOf(NORTH))).toContain('azp');
  });

  it.each([5, null, [NORTH], {}])('cannot be %j, which is not text', (tenant) => {
    expect(() => entra({ tenant: tenant as unknown as string })).toThrow('is not a tenant id');
  });

  it('is found by iss, and its keys are those of its metadata', () => {
    const one = entra(NORTH);
    expect(one).not.toHaveProperty('names');
    expect(one.classify({ oid: 'o1', sub: 's1', scp: 'read' }, {})).not.toHaveProperty('keyId');
  });
});
