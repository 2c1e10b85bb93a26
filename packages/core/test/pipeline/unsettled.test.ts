import { expect, it } from 'vitest';
import { unsettledReason } from '../../src/pipeline/unsettled.ts';

it('is an outage of what the check stands on', () => {
  expect(unsettledReason('issuer')).toBe('issuer_unavailable');
  expect(unsettledReason('introspection')).toBe('introspection_unavailable');
  expect(unsettledReason('key')).toBe('keys_unavailable');
});
