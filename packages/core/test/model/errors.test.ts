import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { AuthError, ConfigurationError, isAuthError } from '../../src/model/errors.ts';
import { type AuthErrorReason, REASONS } from '../../src/model/reasons.ts';

describe('AuthError', () => {
  it.each(Object.keys(REASONS) as AuthErrorReason[])(
    '%s has its code and its fixed text',
    (reason) => {
      const error = new AuthError(reason);
      expect(error).toMatchObject({
        name: 'AuthError',
        reason,
        code: REASONS[reason].code,
        message: REASONS[reason].description,
      });
      expect(error).toBeInstanceOf(Error);
    },
  );

  it('keeps the cause, the issuer’s name and what a challenge needs', () => {
    const cause = new Error('below');
    const error = new AuthError('scope_missing', { cause, issuerName: 'acme', scopes: ['a'] });
    expect(error.cause).toBe(cause);
    expect(error.issuerName).toBe('acme');
    expect(error.details).toEqual({ scopes: ['a'] });
    expect(Object.isFrozen(error.details)).toBe(true);
  });

  it('has no cause when none was given', () => {
    expect('cause' in new AuthError('expired')).toBe(false);
  });

  it('shows as JSON what anyone may see: no cause, no stack, no issuer', () => {
    const error = new AuthError('expired', { cause: new Error('below'), issuerName: 'acme' });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      error: 'invalid_token',
      reason: 'expired',
      error_description: 'The access token has expired',
    });
  });

  it('does not take its message from its cause', () => {
    const error = new AuthError('signature_invalid', { cause: new Error('sEcReT') });
    expect(error.message).not.toContain('sEcReT');
    expect(inspect(new AuthError('expired'))).toContain('The access token has expired');
  });
});

describe('isAuthError', () => {
  it('recognizes errors by their brand, also those of another copy of the package', () => {
    expect(isAuthError(new AuthError('expired'))).toBe(true);
    const brand = Symbol.for('@authly/core:AuthError');
    expect(isAuthError(Object.defineProperty(new Error('x'), brand, { value: true }))).toBe(true);
  });

  it.each([
    [undefined],
    [null],
    ['expired'],
    [() => {}],
    [new Error('expired')],
    [new ConfigurationError('x')],
    [{ name: 'AuthError', code: 'invalid_token', reason: 'expired' }],
    [JSON.parse(JSON.stringify(new AuthError('expired')))],
    [Object.create(new AuthError('expired'))],
  ])('is false for %o', (value) => {
    expect(isAuthError(value)).toBe(false);
  });
});

describe('ConfigurationError', () => {
  it('is a TypeError with a name of its own, and no AuthError', () => {
    const error = new ConfigurationError('Write: issuer: …');
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject({ name: 'ConfigurationError', message: 'Write: issuer: …' });
  });
});
