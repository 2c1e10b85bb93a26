import { expect, it } from 'vitest';
import { notDescribable } from '../../src/adapter/not-describable.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

it('notDescribable says what is expected and what to write', () => {
  const error = notDescribable('a router');
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message).toBe(
    "describeRequirements() and assertGuarded() take a router. Write: assertGuarded(app), or describeRequirements(router, { base: '/users' })",
  );
});
