import { describe, expect, it } from 'vitest';
import { admissionMode } from '../../src/adapter/admission-mode.ts';
import { createResourceServer } from '../../src/create-resource-server.ts';
import { checkOptions } from '../../src/lib/check-options.ts';
import { OPTION_PLACES } from '../../src/lib/option-places.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';

const issuer = rfc9068({
  issuer: 'https://as.example.com',
  jwksUri: 'https://as.example.com/jwks',
});
const good = { issuer, audience: 'https://api.example.com' };

/** The name of each place in messages, and a function that takes options there. */
const PLACES: readonly (readonly [string, (option: object) => unknown])[] = [
  ['the second argument of authenticate()', (option) => admissionMode(good, option)],
  ['createResourceServer({ issuer', (option) => createResourceServer({ ...good, ...option })],
  [
    'the preset',
    (option) => rfc9068({ issuer: 'https://as.example.com', ...option } as { issuer: string }),
  ],
  ['the option keys', (keys) => createResourceServer({ ...good, keys })],
  ['the option cache', (cache) => createResourceServer({ ...good, cache })],
];

function messageOf(run: () => unknown): string {
  try {
    run();
    return '';
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

describe.each(Object.entries(OPTION_PLACES))('%s', (name, place) => {
  it('is an option of the place that the message names, and of no other place', () => {
    for (const [called, take] of PLACES) {
      // The value may be wrong, but the name must be known.
      const isUnknown = messageOf(() => take({ [name]: undefined })).includes('has no option');
      expect([called, isUnknown]).toEqual([called, !place.startsWith(called)]);
    }
  });
});

describe('an option in the wrong place', () => {
  it.each([
    [
      'optional',
      () => createResourceServer({ ...good, optional: true } as never),
      'second argument',
    ],
    ['jwks', () => admissionMode(good, { jwks: { keys: [] } } as never), 'the preset'],
    ['audience', () => rfc9068({ issuer: 'https://a.example', audience: 'x' } as never), 'createR'],
    ['claims', () => admissionMode(good, { claims: {} } as never), 'createResourceServer'],
    ['freshForSec', () => createResourceServer({ ...good, freshForSec: 1 } as never), 'keys: {'],
  ])('for %s the error says where it belongs', (name, run, place) => {
    expect(messageOf(run)).toMatch(new RegExp(`has no option "${name}".*${name} belongs in`));
    expect(messageOf(run)).toContain(place);
  });

  it('that no place has gets an error with the known options', () => {
    for (const name of ['optinal', 'toString', '__proto__']) {
      const message = messageOf(() =>
        checkOptions('x()', JSON.parse(`{"${name}":1}`), { a: true }),
      );
      expect(message).toBe(`x() has no option "${name}". Its options are: a`);
    }
  });
});
