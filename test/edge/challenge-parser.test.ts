import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge-parser.ts';

/** The parts of challenges as plain objects. */
function parsed(value: string) {
  return parseChallenges(value).map(({ scheme, token68, parameters }) =>
    token68 === undefined ? [scheme, Object.fromEntries(parameters)] : [scheme, token68],
  );
}

// The other tests lean on this parser: one that accepts everything would make them worthless.
describe('the strict parser of challenges', () => {
  it.each([
    ['Bearer realm="example"', [['Bearer', { realm: 'example' }]]],
    [
      'Bearer realm="example", error="invalid_token", error_description="The access token expired"',
      [
        [
          'Bearer',
          {
            realm: 'example',
            error: 'invalid_token',
            error_description: 'The access token expired',
          },
        ],
      ],
    ],
    [
      'Bearer error="insufficient_user_authentication",acr_values="a b" , max_age="5"',
      [['Bearer', { error: 'insufficient_user_authentication', acr_values: 'a b', max_age: '5' }]],
    ],
    [
      'Basic realm="simple", DPoP algs="ES256 PS256", Bearer scope="a", Negotiate',
      [
        ['Basic', { realm: 'simple' }],
        ['DPoP', { algs: 'ES256 PS256' }],
        ['Bearer', { scope: 'a' }],
        ['Negotiate', {}],
      ],
    ],
    [
      'Negotiate YII=, Basic realm=simple',
      [
        ['Negotiate', 'YII='],
        ['Basic', { realm: 'simple' }],
      ],
    ],
    ['Newauth title="Login to \\"apps\\""', [['Newauth', { title: 'Login to "apps"' }]]],
  ])('parses %s', (value, expected) => {
    expect(parsed(value)).toEqual(expected);
  });

  it.each([
    '',
    ' Bearer realm="a"',
    'Bearer',
    'Bearer realm',
    'Bearer realm=',
    'Bearer realm="a',
    'Bearer realm="a" error="invalid_token"',
    'Bearer realm="a"; scope="b"',
    'Bearer realm="a",',
    'Bearer realm="a", realm="b"',
    'Bearer realm="a", REALM="b"',
    'Bearer realm="é"',
    'Bearer realm="a\u0000b"',
    'Bearer mF_9.B5f-4.1JqM',
    'Bearer realm="a", error="expired"',
    'Bearer error_description="why"',
    'Bearer error="invalid_token", error_description="it\\"s"',
    'Bearer scope=""',
    'Bearer scope="a  b"',
    'Bearer scope=" a"',
    'Bearer max_age="-1"',
    'Bearer max_age="1.5"',
    'Bearer resource_metadata="/relative"',
    'Bearer token="x"',
    'Bearer: realm="a"',
  ])('refuses %s', (value) => {
    expect(() => parseChallenges(value)).toThrow(SyntaxError);
  });
});
