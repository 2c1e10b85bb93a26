import { describe, expect, it } from 'vitest';
import { aClock } from '../../../../test/support/tokens.ts';
import { acceptedSchemes, readableSchemes } from '../../src/binding/accepted-schemes.ts';
import { type DpopMode, resolveDpop } from '../../src/binding/dpop-options.ts';
import { createEventSink } from '../../src/lib/event-sink.ts';

const dpop = (mode: DpopMode | undefined) =>
  resolveDpop(mode, { resource: 'https://a.com', clock: aClock(), events: createEventSink() });

describe('schemes', () => {
  it.each([
    [undefined, ['bearer'], ['bearer']],
    ['when-bound', ['bearer', 'dpop'], ['bearer', 'dpop']],
    ['required', ['dpop'], ['bearer', 'dpop']],
  ] as const)('with the mode %s: accepted are %j, read are %j', (mode, accepted, readable) => {
    expect(acceptedSchemes(dpop(mode))).toEqual(accepted);
    expect(readableSchemes(dpop(mode))).toEqual(readable);
  });
});
