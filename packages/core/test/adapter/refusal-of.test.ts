import { describe, expect, it } from 'vitest';
import { noteRefusal, refusalOf } from '../../src/adapter/refusal-of.ts';
import { AuthError } from '../../src/model/errors.ts';

describe('refusalOf', () => {
  it('gives the last refusal of a request, or undefined', () => {
    const request = {};
    expect(refusalOf(request)).toBeUndefined();
    const errors = [new AuthError('expired'), new AuthError('user_required')];
    for (const error of errors) noteRefusal(request, error);
    expect(refusalOf(request)).toBe(errors[1]);
    expect(refusalOf({})).toBeUndefined();
  });

  it('does not give an error that is not a refusal', () => {
    const request = {};
    noteRefusal(request, new Error('a bug'));
    expect(refusalOf(request)).toBeUndefined();
  });

  it('works for a request that has Node’s request as raw', () => {
    const raw = {};
    const error = new AuthError('expired');
    noteRefusal(raw, error);
    expect(refusalOf({ raw })).toBe(error);
  });
});
