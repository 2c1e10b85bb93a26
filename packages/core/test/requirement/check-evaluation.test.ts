import { expect, it } from 'vitest';
import { aUserToken } from '../../../../test/support/tokens.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import { user } from '../../src/requirement/caller-kind.ts';
import { scope } from '../../src/requirement/scope.ts';
import { aResourceServer } from '../resource-servers.ts';

const server = aResourceServer();
const principal = await server.verify(aUserToken());
const guard = Object.assign(() => {}, { requirement: scope('a') });

it.each([
  [
    'a promise of a principal',
    () => server.evaluate(server.verify(aUserToken()) as never, user()),
    'not a promise',
  ],
  [
    'a promise, and a scope',
    () => server.evaluate(server.verify(aUserToken()) as never, scope('a')),
    'not a promise',
  ],
  [
    'swapped arguments',
    () => server.evaluate(scope('a') as never, principal as never),
    'needs a requirement',
  ],
  ['a guard', () => server.evaluate(principal, guard as never), 'not a guard'],
  ['no requirement', () => server.evaluate(principal, undefined as never), 'not undefined'],
  [
    'no requirement of an anonymous caller',
    () => server.evaluate(undefined, undefined as never),
    'not undefined',
  ],
])('evaluate says what is wrong with %s, in place of a refusal', (_name, call, problem) => {
  expect(call).toThrow(ConfigurationError);
  expect(call).toThrow(problem);
  expect(call).toThrow("write evaluate(await resourceServer.verify(token), scope('read:users'))");
});

it('evaluate refuses a caller who does not meet a requirement, and nothing else', () => {
  expect(server.evaluate(principal, scope('none'))).toMatchObject({ reason: 'scope_missing' });
  expect(server.evaluate(undefined, user())).toMatchObject({ reason: 'credentials_missing' });
  expect(server.evaluate(principal, user())).toBeUndefined();
});
