import { inspect } from 'node:util';
import { expect, it } from 'vitest';
import { createAccessToken } from '../src/access-token.ts';

const SHOWN = { type: 'DPoP', expiresAt: 1_900_000_000, scopes: ['a', 'b'] } as const;

it('printing an access token shows its purpose, and not the token itself', () => {
  const token = createAccessToken({ accessToken: 'hush', ...SHOWN });
  expect(token.accessToken).toBe('hush');
  expect(JSON.parse(JSON.stringify(token))).toEqual(SHOWN);
  for (const getters of [true, false]) {
    const printed = inspect(token, { depth: 9, showHidden: true, getters });
    expect(printed).toContain("type: 'DPoP'");
    expect(printed).not.toContain('hush');
  }
});

it('an access token and its scopes cannot be changed', () => {
  const scopes = ['a'];
  const token = createAccessToken({ accessToken: 'hush', ...SHOWN, scopes });
  scopes.push('admin');
  expect(token.scopes).toEqual(['a']);
  expect(Object.isFrozen(token) && Object.isFrozen(token.scopes)).toBe(true);
});
