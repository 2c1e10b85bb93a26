import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import { authorizationDetail } from '../../src/requirement/authorization-detail.ts';
import { aUserWith, evaluate, untyped } from './principals.ts';

const inEuro = authorizationDetail('payment', (detail) => detail['currency'] === 'EUR');
const yes = (): boolean => true;
const MISSING = { reason: 'authorization_detail_missing' };

describe('authorizationDetail', () => {
  it.each([
    { details: [{ type: 'payment', currency: 'EUR' }], met: true },
    { details: [{ type: 'account' }, { type: 'payment', currency: 'EUR' }], met: true },
    {
      details: [
        { type: 'payment', currency: 'USD' },
        { type: 'payment', currency: 'EUR' },
      ],
      met: true,
    },
    { details: [{ type: 'payment', currency: 'USD' }], met: false },
    { details: [{ type: 'account', currency: 'EUR' }], met: false },
    { details: [{ type: 'Payment', currency: 'EUR' }], met: false },
    { details: [{ type: 'payment' }, { type: 'account', currency: 'EUR' }], met: false },
    { details: [], met: false },
    { details: undefined, met: false },
    { details: null, met: false },
    { details: 'payment', met: false },
    { details: { type: 'payment', currency: 'EUR' }, met: false },
    { details: { 0: { type: 'payment', currency: 'EUR' }, length: 1 }, met: false },
    { details: [{ type: 'payment', currency: 'EUR' }, 'payment'], met: false },
    { details: [{ type: 'payment', currency: 'EUR' }, { currency: 'EUR' }], met: false },
    { details: [{ type: 'payment', currency: 'EUR' }, { type: 7 }], met: false },
    { details: [{ type: 'payment', currency: 'EUR' }, null], met: false },
    { details: [[{ type: 'payment', currency: 'EUR' }]], met: false },
    { details: [{ type: ['payment'], currency: 'EUR' }], met: false },
  ])('$details: met is $met', ({ details, met }) => {
    const unmet = evaluate(inEuro, aUserWith({ authorization_details: details }));
    expect(unmet).toEqual(met ? undefined : MISSING);
  });

  it('is not met without the claim', () => {
    expect(evaluate(inEuro, aUserWith({}))).toEqual(MISSING);
  });

  it('reads only own members', () => {
    const details = [{ type: 'payment', currency: 'EUR' }];
    expect(evaluate(inEuro, aUserWith(Object.create({ authorization_details: details })))).toEqual(
      MISSING,
    );
    const inherited: unknown = Object.create({ type: 'payment' }, { currency: { value: 'EUR' } });
    expect(evaluate(inEuro, aUserWith({ authorization_details: [inherited] }))).toEqual(MISSING);
  });

  it('is met only if the test returns true', () => {
    const details = [{ type: 'payment' }];
    for (const answer of [1, 'true', {}]) {
      const requirement = authorizationDetail('payment', () => answer as boolean);
      expect(evaluate(requirement, aUserWith({ authorization_details: details }))).toEqual(MISSING);
    }
  });

  it('throws an error that names an async test', () => {
    const requirement = authorizationDetail('payment', () => Promise.resolve(true) as never);
    const principal = aUserWith({ authorization_details: [{ type: 'payment' }] });
    expect(() => evaluate(requirement, principal)).toThrow(
      /^The test of authorizationDetail\("payment", …\) answered with a promise/,
    );
  });

  it('fails, with the first cause, when the test throws and no entry passes', () => {
    const requirement = authorizationDetail('payment', (detail) => {
      throw detail['id'];
    });
    const details = [
      { type: 'account', id: 0 },
      { type: 'payment', id: 1 },
      { type: 'payment', id: 2 },
    ];
    expect(evaluate(requirement, aUserWith({ authorization_details: details }))).toEqual({
      reason: 'requirement_failed',
      cause: 1,
    });
  });

  it('is met by one entry although the test throws on another, in any order', () => {
    const requirement = authorizationDetail('payment', (detail) => {
      if (detail['amount'] === undefined) throw new Error('no amount');
      return detail['amount'] === 5;
    });
    const details = [{ type: 'payment' }, { type: 'payment', amount: 5 }];
    for (const order of [details, details.toReversed()]) {
      const principal = aUserWith({ authorization_details: order });
      expect(evaluate(requirement, principal)).toBeUndefined();
    }
  });

  it('describes itself by its type', () => {
    expect(inEuro.description).toBe('authorization detail payment');
    expect(inEuro.scopes).toEqual([]);
  });

  it.each([
    { args: [] },
    { args: ['payment'] },
    { args: ['', yes] },
    { args: [yes] },
    { args: [7, yes] },
  ])('refuses $args at construction, with the line to write', ({ args }) => {
    expect(() => untyped(authorizationDetail, ...args)).toThrow(ConfigurationError);
    expect(() => untyped(authorizationDetail, ...args)).toThrow(
      "write authorizationDetail('payment', ",
    );
  });
});
