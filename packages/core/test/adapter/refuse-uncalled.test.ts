import { expect, it } from 'vitest';
import { refuseUncalled } from '../../src/adapter/refuse-uncalled.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

it('refuseUncalled detects a request that was given instead of arguments, and says what to write', () => {
  const request = { method: 'GET', originalUrl: '/' };
  const refuse = (...args: readonly unknown[]) =>
    refuseUncalled('requireUser', 'requireUser()', args);
  expect(() => refuse(request, {}, () => undefined)).toThrow(ConfigurationError);
  expect(() => refuse(request)).toThrow('Write requireUser()');
  for (const other of [[], [undefined], ['a'], [{ method: 'GET' }], [null]]) {
    expect(() => refuse(...other)).not.toThrow();
  }
});
