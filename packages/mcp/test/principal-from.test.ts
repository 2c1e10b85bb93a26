import { isAuthError, type Principal } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { toAuthInfo } from '../src/auth-info.ts';
import {
  type CarriesPrincipal,
  clientFrom,
  principalFrom,
  userFrom,
} from '../src/principal-from.ts';
import { anMcpResource, issuer } from './mcp-resource.ts';

async function verified(token: string): Promise<{ principal: Principal; info: CarriesPrincipal }> {
  const resource = anMcpResource();
  const principal = await resource.verify(token);
  return { principal, info: toAuthInfo(principal, token, resource) };
}

describe('principalFrom', () => {
  it('returns the principal that was stored, also from a copy that the SDK makes', async () => {
    const { principal, info } = await verified(issuer.aUserToken());
    expect(principalFrom(info)).toBe(principal);
    expect(principalFrom({ ...info })).toBe(principal);
  });

  it.each<[string, CarriesPrincipal | undefined]>([
    ['no AuthInfo', undefined],
    ["another verifier's AuthInfo", {}],
    ['an AuthInfo with other extras', { extra: { principal: 'ada' } }],
    [
      'an AuthInfo with an object that is no principal',
      { extra: { principal: { kind: 'admin' } } },
    ],
  ])('is a programming error with %s', (_, info) => {
    expect(() => principalFrom(info)).toThrow(/Write: setAuthInfo/);
  });
});

describe('userFrom and clientFrom', () => {
  it('give the principal of their kind', async () => {
    const user = await verified(issuer.aUserToken({ sub: 'u-17' }));
    expect(userFrom(user.info).userId).toBe('u-17');
    const client = await verified(issuer.aClientToken({ client_id: 'crawler' }));
    expect(clientFrom(client.info).clientId).toBe('crawler');
  });

  it('refuse the other kind as forbidden', async () => {
    const client = await verified(issuer.aClientToken());
    expect(refusalOf(() => userFrom(client.info))).toBe('user_required');
    const user = await verified(issuer.aUserToken());
    expect(refusalOf(() => clientFrom(user.info))).toBe('client_required');
  });
});

function refusalOf(attempt: () => unknown): string {
  try {
    attempt();
  } catch (error) {
    if (isAuthError(error) && error.code === 'forbidden') return error.reason;
    throw error;
  }
  throw new Error('nothing was refused');
}
