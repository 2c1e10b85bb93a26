import { expect, it } from 'vitest';
import { refuseForeignOptions } from '../../src/options/foreign-options.ts';
import { resolveOptions } from '../../src/options/resolve-options.ts';

it.each([
  ['issuerBaseURL', "Write: issuer: auth0('acme.eu.auth0.com')"],
  ['authRequired', 'Write: authenticate({ … }, { optional: true })'],
  ['credentialsRequired', 'Write: authenticate({ … }, { optional: true })'],
  ['passthrough', 'Write: authenticate({ … }, { optional: true })'],
  ['tokenSigningAlg', "Write: algorithms: ['RS256']"],
  ['secret', 'Shared secrets are not accepted'],
  ['secretOrKey', 'Shared secrets are not accepted'],
  ['secretOrKeyProvider', 'Keys come from the issuer'],
  ['publicKey', 'Write: jwks: { keys: ['],
  ['getToken', 'credentials: fromCookie('],
  ['jwtFromRequest', 'credentials: fromCookie('],
  ['requestProperty', 'Write: principalOf(req)'],
  ['validators', 'authorize(claim('],
  ['isRevoked', 'Write: revocation: memoryRevocations()'],
  ['onExpired', 'write: onEvent: '],
])('%s of another library is refused with what is written here', (name, line) => {
  const call = () => resolveOptions({ [name]: undefined } as never, 'authenticate');
  expect(call).toThrow(`authenticate() has no option "${name}". `);
  expect(call).toThrow(line);
});

it('options of this library, and no options, pass', () => {
  for (const options of [
    {},
    { issuer: 1, audience: 2 },
    undefined,
    null,
    'secret',
    { toString: 1 },
  ]) {
    expect(() => refuseForeignOptions('authenticate', options)).not.toThrow();
  }
});
