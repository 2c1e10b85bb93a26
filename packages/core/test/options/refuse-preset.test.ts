import { expect, it } from 'vitest';
import { refusePreset } from '../../src/options/refuse-preset.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { auth0 } from '../../src/providers/auth0.ts';

it('a preset alone is refused, with the options to write', () => {
  expect(() => resolveOptions(auth0('acme.eu.auth0.com') as never, 'authenticate')).toThrow(
    /^authenticate\(\) takes an object of options, not a preset alone\. Write: authenticate\(\{ issuer: /,
  );
});

it('options pass', () => {
  for (const options of [{}, { preset: 'auth0' }, { classify() {} }, undefined, null]) {
    expect(() => refusePreset('authenticate', options, 'line')).not.toThrow();
  }
});
