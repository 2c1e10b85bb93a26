import { expect, it } from 'vitest';
import { unsettledReason } from '../../src/pipeline/unsettled.ts';

it('unsettledReason gives an outage of what the step depends on', () => {
  expect(unsettledReason('issuer')).toBe('issuer_unavailable');
  expect(unsettledReason('introspection')).toBe('introspection_unavailable');
  expect(unsettledReason('key')).toBe('keys_unavailable');
});
