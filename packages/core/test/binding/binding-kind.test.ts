import { expect, it } from 'vitest';
import { unsupportedBinding } from '../../src/binding/binding-kind.ts';
import type { VerifiedToken } from '../../src/request/verified-token.ts';

it('an unconfigured kind of binding refuses only tokens that have its member', () => {
  const kind = unsupportedBinding('jkt', 'write this');
  const presented = { token: '', scheme: 'bearer', request: undefined } as const;
  expect([kind.member, kind.isRequired]).toEqual(['jkt', false]);
  expect(kind.holds(undefined, {} as VerifiedToken, presented)).toBeUndefined();
  for (const value of ['x', '']) {
    expect(kind.holds(value, {} as VerifiedToken, presented)).toEqual({
      reason: 'sender_constraint_unsupported',
      hint: 'write this',
    });
  }
});
