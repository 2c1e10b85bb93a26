import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { issuedToken } from '../src/issued-token.ts';

it('lets a program read the token, and does not show it when printed', () => {
  const facts = {
    tokenId: 'id-1',
    audience: ['a'],
    scopes: [],
    issuedAt: 1,
    expiresAt: 2,
    expiresInSec: 1,
  };
  const token = issuedToken('eyJ.secret.token', facts);
  expect(token.accessToken).toBe('eyJ.secret.token');
  expect(JSON.stringify(token)).toBe(JSON.stringify(facts));
  for (const shown of [inspect(token), JSON.stringify(token), JSON.stringify({ ...token })]) {
    expect(shown).not.toContain('eyJ');
  }
  expect(Object.isFrozen(token)).toBe(true);
});
