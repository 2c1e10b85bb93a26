import { expect, it } from 'vitest';
import { notAdmitted } from '../../src/adapter/not-admitted.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

it('a request on which authenticate has not run is a mistake of placement', () => {
  for (const request of [{}, { headers: {} }, { kind: 'user' }, { ctx: {} }]) {
    const error = notAdmitted('userOf', request);
    expect(error).not.toBeInstanceOf(ConfigurationError);
    expect(error.message).toBe(
      'authenticate has not run on this request. Write: app.use(authenticate({ … })) before the route',
    );
  }
});

const context: { request?: object; response?: object } = {};
context.request = { ctx: context };
context.response = { ctx: context };

it.each([
  ['nothing', undefined, 'takes the request, in Koa the context'],
  ['null', null, 'takes the request, in Koa the context'],
  ['a principal', { kind: 'client', key: 'client:a:b' }, 'takes the request, not the principal'],
  ['ctx.request', context.request, 'takes the context of Koa, not a part of it'],
  ['ctx.response', context.response, 'takes the context of Koa, not a part of it'],
])('%s is another mistake', (_name, value, problem) => {
  const error = notAdmitted('userOf', value);
  expect(error).toBeInstanceOf(ConfigurationError);
  expect(error.message).toBe(`userOf() ${problem}. Write: userOf(req), in Koa userOf(ctx)`);
});
