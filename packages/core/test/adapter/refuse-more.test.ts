import { expect, it } from 'vitest';
import { refuseMore } from '../../src/adapter/refuse-more.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

it('nothing more passes, and what the method map of a list adds', () => {
  expect(() => refuseMore('authorize', [])).not.toThrow();
  expect(() => refuseMore('authorize', [0, [{}, {}]])).not.toThrow();
});

it('anything more is refused, also undefined, and the error says how to ask for both', () => {
  for (const more of [[undefined], [{}], ['role'], [0], [0, {}], [0, [], {}]]) {
    const call = () => refuseMore('authorize', more);
    expect(call).toThrow(ConfigurationError);
    expect(call).toThrow(/^authorize\(\) was given more arguments .*Write: authorize\(allOf\(/);
  }
});
