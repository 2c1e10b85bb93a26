import { describe, expect, it } from 'vitest';
import { REASONS, STEPS } from '../../src/model/reasons.ts';

describe.each(Object.entries(REASONS))('%s', (name, { code, step, description }) => {
  it('has only characters that a quoted-string and JSON can contain unchanged (RFC 6750 §3)', () => {
    expect(description).toMatch(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/);
    expect(code).toMatch(/^[a-z_]+$/);
    expect(name).toMatch(/^[a-z_]+$/);
  });

  it('belongs to a step, and has a code that this step can give', () => {
    expect(STEPS).toContain(step);
    const codes: Readonly<Record<string, RegExp>> = {
      credentials: /^(?:missing_credentials|invalid_request|forbidden)$/,
      sender_constraint:
        /^(?:invalid_token|invalid_dpop_proof|use_dpop_nonce|temporarily_unavailable)$/,
      requirement: /^(?:insufficient_\w+|forbidden|temporarily_unavailable)$/,
    };
    expect(code).toMatch(codes[step] ?? /^(?:invalid_token|temporarily_unavailable)$/);
  });
});
