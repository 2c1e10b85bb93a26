import { describe, expect, it } from 'vitest';
import { audiencesOf, parseResource } from '../src/resource.ts';

describe('parseResource', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com/'],
    ['https://api.example.com/', 'https://api.example.com/'],
    ['HTTPS://API.example.com:443/v1', 'https://api.example.com/v1'],
    ['https://api.example.com/v1?tenant=a', 'https://api.example.com/v1?tenant=a'],
    ['urn:example:orders', 'urn:example:orders'],
    ['api://orders', 'api://orders'],
  ])('changes %s into its normal form', (resource, normalForm) => {
    expect(parseResource(resource)).toBe(normalForm);
  });

  it.each([
    '',
    'orders',
    '/orders',
    '//api.example.com',
    'https://',
    'https://api.example.com#x',
    'https://api.example.com#',
    ' https://api.example.com',
    'https://api.example.com ',
    'https://api.example.com\n',
    'https://api.exam\tple.com',
    'https://api.example.com/a b',
    'https://api.example.com/<x>',
    'https://api.example.com/ä',
    'https:\\\\api.example.com',
    'https://api.example.com:99999',
  ])('refuses %j (RFC 8707 §2)', (resource) => {
    expect(parseResource(resource)).toBeUndefined();
  });
});

describe('audiencesOf', () => {
  const allowed = ['https://api.example.com', 'https://api.example.com/v2/', 'orders'];

  it.each([
    [['https://api.example.com/'], ['https://api.example.com']],
    [
      ['https://api.example.com/v2/', 'https://api.example.com/v2/'],
      ['https://api.example.com/v2/'],
    ],
    [['https://api.example.com/v2'], undefined],
    [['https://api.example.com/', 'https://other.example.com/'], undefined],
    [['orders'], undefined],
  ])('%j stands for %j', (resources, audiences) => {
    expect(audiencesOf(resources, allowed)).toEqual(audiences);
  });
});
