import { expect, it } from 'vitest';
import { calledByOtherFramework } from '../../src/adapter/called-by-other-framework.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

it.each([
  ['@authly/express', 'is for Express', "In Koa write: import { mount } from '@authly/koa'"],
  ['@authly/koa', 'is for Koa', "In Express write: import { mount } from '@authly/express'"],
] as const)('middleware of %s says what to import for the other framework', (adapter, is, line) => {
  const error = calledByOtherFramework('mount', adapter);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message).toContain(`mount of ${adapter} ${is}`);
  expect(error.message).toContain(line);
});
