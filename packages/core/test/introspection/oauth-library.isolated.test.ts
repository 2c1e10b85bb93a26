import { describe, expect, it, vi } from 'vitest';
import { AUDIENCE, aToken, ISSUER, jwks } from '../../../../test/support/tokens.ts';
import { clientSecretBasic } from '../../src/introspection/client-authentication.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';
import { aResourceServer } from '../resource-servers.ts';

const loads = vi.hoisted(() => ({ count: 0 }));
vi.mock('oauth4webapi', async (original) => {
  loads.count += 1;
  return original();
});

const introspection = {
  client: clientSecretBasic('api', 'secret'),
  endpoint: `${ISSUER}/introspect`,
};
const fetch = async () => Response.json({ active: false });

describe('the OAuth library', () => {
  it('is loaded at the first question, and never without introspection', async () => {
    const plain = aResourceServer();
    await plain.ready();
    await plain.verify(aToken());
    await expect(plain.verify('opaque')).rejects.toMatchObject({ reason: 'token_malformed' });
    await plain.explain('opaque');

    const issuer = rfc9068({ issuer: ISSUER, jwks });
    const asking = aResourceServer({ issuer, audience: AUDIENCE, introspection, fetch });
    await asking.verify(aToken());
    expect(loads.count).toBe(0);

    await expect(asking.verify('opaque')).rejects.toMatchObject({ reason: 'token_inactive' });
    await expect(asking.verify('another')).rejects.toMatchObject({ reason: 'token_inactive' });
    expect(loads.count).toBe(1);
  });
});
