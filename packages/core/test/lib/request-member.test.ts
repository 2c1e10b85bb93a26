import { expect, it } from 'vitest';
import { requestMember } from '../../src/lib/request-member.ts';

it('requestMember reads a member of a request, own or inherited, and one that it has not', () => {
  const request: { method?: string; url?: string } = Object.create({ method: 'GET' });
  request.url = '/users';
  expect(requestMember(request, 'url')).toBe('/users');
  expect(requestMember(request, 'method')).toBe('GET');
  expect(requestMember<{ id?: string }, 'id'>({}, 'id')).toBeUndefined();
});

it('requestMember calls a getter with the request itself', () => {
  const request: { readonly self: unknown } = Object.create({
    get self() {
      return this;
    },
  });
  expect(requestMember(request, 'self')).toBe(request);
});
