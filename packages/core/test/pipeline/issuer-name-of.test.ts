import { expect, it } from 'vitest';
import type { Principal } from '../../src/model/principal.ts';
import { issuerNameOf } from '../../src/pipeline/issuer-name-of.ts';

it.each([
  ['user:https%3A%2F%2Fas.example.com:ada', 'https://as.example.com'],
  ['client:a%3Ab:x%3Ay', 'a:b'],
  ['made by hand', undefined],
  ['user:%ZZ:ada', undefined],
  [undefined, undefined],
])('issuerNameOf of the key %s is %s', (key, name) => {
  expect(issuerNameOf({ key } as Principal)).toBe(name);
});
