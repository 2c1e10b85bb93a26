import * as express from '@authly/express';
import * as koa from '@authly/koa';
import { createRequest, createResponse } from 'node-mocks-http';
import { describe, expect, it, vi } from 'vitest';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';

// Requests as unit tests make them: far less than what Node gives.

const server = aResourceServer();
const authorization = () => `Bearer ${aUserToken({ sub: 'ada' })}`;

/** What a middleware of Express does with a request: it lets it pass, or answers. */
async function passed(request: object, response: object = createResponse()): Promise<boolean> {
  const next = vi.fn();
  express.authenticate(server)(
    request as express.ExpressRequest,
    response as express.ExpressResponse,
    next,
  );
  await vi.waitFor(() => expect(next.mock.calls.length + Number(isAnswered(response))).toBe(1));
  expect(next.mock.calls[0] ?? []).toEqual([]);
  return next.mock.calls.length === 1;
}

const isAnswered = (response: object): boolean =>
  'writableEnded' in response && response.writableEnded === true;

describe('Express: a mock of a request', () => {
  it.each([
    ['an object with headers alone', () => ({ headers: { authorization: authorization() } })],
    ['node-mocks-http', () => createRequest({ headers: { Authorization: authorization() } })],
  ])('is let in with a good token: %s', async (_, create) => {
    const request = create();
    expect(await passed(request)).toBe(true);
    expect(express.userOf(request).userId).toBe('ada');
    expect(Reflect.get(request, 'principal')).toBe(express.principalOf(request));
  });

  it.each([
    ['an object without headers', () => ({})],
    ['an object with a bad token', () => ({ headers: { authorization: 'Bearer x.y.z' } })],
    ['node-mocks-http', () => createRequest()],
  ])('is refused without a good token: %s', async (_, create) => {
    const response = createResponse();
    expect(await passed(create(), response)).toBe(false);
    expect(response.statusCode).toBe(401);
    expect(response.getHeader('www-authenticate')).toContain('Bearer realm="api"');
  });
});

describe('Koa: a mock of a context', () => {
  const contextOf = (headers: object) =>
    ({ req: { headers }, res: {}, state: {}, set: vi.fn() }) as unknown as koa.KoaContext;

  it('is accepted with a good token', async () => {
    const context = contextOf({ authorization: authorization() });
    const next = vi.fn(async () => {});
    await koa.authenticate(server)(context, next);
    expect(next).toHaveBeenCalledOnce();
    expect(koa.userOf(context).userId).toBe('ada');
    expect(context.state).toEqual({ principal: koa.principalOf(context) });
  });

  it('is refused without one', async () => {
    const context = contextOf({});
    await koa.authenticate(server)(context, () => expect.unreachable());
    expect(context.status).toBe(401);
  });
});
