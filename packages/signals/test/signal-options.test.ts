import { ConfigurationError, memoryReplayStore, memoryRevocations } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { aClock } from '../../../test/support/tokens.ts';
import { checkStores, verifierOptions } from '../src/signal-options.ts';

const revocations = memoryRevocations();
const check = (stores: object) => () =>
  checkStores('handler()', { revocations, ...stores } as never, 'handler({ revocations })');

describe('the stores of a handler', () => {
  it('are the stores of core, or others with the same methods', () => {
    expect(check({})).not.toThrow();
    expect(check({ replay: memoryReplayStore() })).not.toThrow();
    expect(check({ replay: { reserve: () => true } })).not.toThrow();
  });

  it.each(['revokeToken', 'revokeSession', 'revokeSubject', 'revokePrincipal', 'revokeClient'])(
    'must make marks: %s',
    (name) => {
      expect(check({ revocations: { ...revocations, [name]: undefined } })).toThrow(
        new ConfigurationError(
          'handler(): revocations must be the store that the resource server asks, with revokeToken, revokeSession, revokeSubject, revokePrincipal, revokeClient, such as memoryRevocations(). Write: handler({ revocations })',
        ),
      );
    },
  );

  it.each([undefined, null, 'x', () => revocations])('must be objects, not %s', (given) => {
    expect(check({ revocations: given })).toThrow('revocations must be the store');
  });

  it.each([null, {}, { reserve: true }])('must reserve ids, not %j', (replay) => {
    expect(check({ replay })).toThrow(
      new ConfigurationError(
        'handler(): replay must be a store with reserve(). Write: replay: memoryReplayStore(), or leave it out',
      ),
    );
  });
});

describe('the options of its verifiers', () => {
  it('are the given ones, and no others', () => {
    expect(verifierOptions({ revocations })).toEqual({});
    const given = {
      keys: { freshForSec: 60 },
      allowHttp: ['sso'],
      clock: aClock(),
      fetch: async () => new Response(),
      onEvent: () => {},
    };
    const { keys, ...rest } = given;
    expect(verifierOptions({ revocations, ...given })).toEqual({ keyOptions: keys, ...rest });
  });
});
