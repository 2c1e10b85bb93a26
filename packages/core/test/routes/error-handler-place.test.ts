import { describe, expect, it } from 'vitest';
import { errorHandlerPlace } from '../../src/routes/error-handler-place.ts';
import { type ErrorsOf, errorMiddleware, errorsOf } from '../../src/routes/route-check.ts';

const handler = () => undefined;
const ofBefore = errorMiddleware(() => undefined, 'before');
const ofAfter = errorMiddleware(() => undefined, 'after');
const runs = (one: unknown, how: 'yes' | 'no' | 'maybe' = 'yes') => [
  { handlers: [one], runs: how },
];

describe('the place of an error handler', () => {
  it('is right on the side whose errors it answers, and wrong on the other', () => {
    expect(errorHandlerPlace([handler], [], [])).toBeUndefined();
    expect(errorHandlerPlace([handler], [], runs(ofBefore))).toBeUndefined();
    expect(errorHandlerPlace([handler], runs(ofAfter), [])).toBeUndefined();
    expect(errorHandlerPlace([handler], runs(ofBefore), [])).toBe('before_the_route');
    expect(errorHandlerPlace([handler], [], runs(ofAfter))).toBe('after_the_route');
    expect(errorHandlerPlace([ofBefore, handler], [], [])).toBe('before_the_route');
    expect(errorHandlerPlace([handler, ofBefore], [], [])).toBeUndefined();
  });

  it('is right when another one may answer, and unknown when it may not run for the route', () => {
    expect(errorHandlerPlace([handler], runs(ofBefore), runs(ofBefore, 'maybe'))).toBeUndefined();
    expect(errorHandlerPlace([handler], runs(ofBefore), runs(ofBefore, 'no'))).toBe(
      'before_the_route',
    );
    expect(errorHandlerPlace([handler], runs(ofBefore, 'maybe'), [])).toBeUndefined();
  });

  it('is known of handlers that are marked with it alone', () => {
    expect(errorsOf(ofBefore)).toBe('before');
    expect(errorsOf(handler)).toBeUndefined();
    expect(errorsOf({})).toBeUndefined();
    expect(errorsOf(errorMiddleware(() => undefined, 'around' as ErrorsOf))).toBeUndefined();
  });
});
