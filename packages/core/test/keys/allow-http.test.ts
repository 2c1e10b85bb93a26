import { expect, it } from 'vitest';
import { resolveAllowHttp } from '../../src/keys/allow-http.ts';

it('gives hosts as URL writes them, frozen; an empty list by default', () => {
  const hosts = resolveAllowHttp(['Keycloak', '172.18.0.3', '::1']);
  expect(hosts).toEqual(['keycloak', '172.18.0.3', '[::1]']);
  expect(Object.isFrozen(hosts)).toBe(true);
  expect(resolveAllowHttp(undefined)).toEqual([]);
});

it.each(['keycloak', [''], ['http://keycloak'], ['keycloak:8080'], [7], null])(
  'refuses %j, with the line to write',
  (hosts) => {
    expect(() => resolveAllowHttp(hosts)).toThrow("Write: allowHttp: ['keycloak'");
  },
);
