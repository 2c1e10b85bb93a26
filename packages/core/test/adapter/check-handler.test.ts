import { expect, it } from 'vitest';
import { checkHandler } from '../../src/adapter/check-handler.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

it('a handler passes', () => {
  expect(() => checkHandler(async () => undefined)).not.toThrow();
});

it('what has a handler is refused with the line to write', () => {
  const call = () => checkHandler({ handler: () => {} });
  expect(call).toThrow(ConfigurationError);
  expect(call).toThrow('takes the handler, not what has it. Write: mount(issuer.handler)');
});

it.each([undefined, null, 'handler', {}, { handler: 1 }])('%o is refused', (value) => {
  expect(() => checkHandler(value)).toThrow(
    'mount() takes a handler. Write: mount(issuer.handler)',
  );
});
