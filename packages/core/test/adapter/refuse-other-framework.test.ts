import { describe, expect, it } from 'vitest';
import { refuseOtherFramework } from '../../src/adapter/refuse-other-framework.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

function does(): void {}

/** An app of Express 4: reading `router` throws. */
const express4App = Object.defineProperty(
  Object.assign(() => {}, { handle: does, set: does, use: does, param: does }),
  'router',
  {
    get() {
      throw new Error("'app.router' is deprecated!");
    },
  },
);
const koaRouter = { stack: [], routes: does, use: does };

const OTHERS = [
  ['an Express app', '@authly/koa', '@authly/express', express4App],
  [
    'an Express router',
    '@authly/koa',
    '@authly/express',
    Object.assign(() => {}, { handle: does, param: does, use: does, stack: [] }),
  ],
  ['a Koa app', '@authly/express', '@authly/koa', { middleware: [], callback: does, use: does }],
  ['a router of @koa/router', '@authly/express', '@authly/koa', koaRouter],
  [
    'a router of @koa/router',
    '@authly/express',
    '@authly/koa',
    Object.assign(() => {}, { router: koaRouter }),
  ],
] as const;

describe('refuseOtherFramework', () => {
  it.each(OTHERS)('names %s, and the package to import', (name, adapter, right, value) => {
    expect(() => refuseOtherFramework(value, adapter)).toThrow(
      new ConfigurationError(
        `assertGuarded() and describeRequirements() of ${adapter} were given ${name}. Write: import { assertGuarded, describeRequirements } from '${right}'`,
      ),
    );
  });

  it.each(OTHERS)('accepts %s of its own framework', (_name, _adapter, right, value) => {
    expect(() => refuseOtherFramework(value, right)).not.toThrow();
  });

  it.each([undefined, null, 1, 'app', {}, does, [], { stack: [] }])(
    'accepts %o, which belongs to no framework',
    (value) => {
      expect(() => refuseOtherFramework(value, '@authly/express')).not.toThrow();
      expect(() => refuseOtherFramework(value, '@authly/koa')).not.toThrow();
    },
  );
});
