import { describe, expect, it } from 'vitest';
import { EVENT_ANSWERS, LOGOUT_ANSWERS, LOGOUT_UNMAPPED } from '../src/signal-answers.ts';
import { SIGNAL_FAULTS } from '../src/signal-faults.ts';

const faults = Object.keys(SIGNAL_FAULTS) as (keyof typeof SIGNAL_FAULTS)[];
const OUTAGES = ['keys_unavailable', 'store_unavailable', 'share_used_up', 'lookup_unavailable'];

describe('answers to events (RFC 8935 §2.2 to §2.4)', () => {
  it('are 202 with an empty body', () => {
    expect(EVENT_ANSWERS.accepted).toEqual({
      status: 202,
      headers: { 'cache-control': 'no-store' },
      body: undefined,
    });
  });

  it.each(faults)('say what is wrong, or when to try again: %s', (fault) => {
    const { status, headers, body } = EVENT_ANSWERS.refused(fault);
    if (OUTAGES.includes(fault)) {
      expect([status, body]).toEqual([503, undefined]);
      expect(headers).toEqual({ 'cache-control': 'no-store', 'retry-after': '5' });
      return;
    }
    expect(status).toBe(fault === 'method_not_allowed' ? 405 : 400);
    const { code, description } = SIGNAL_FAULTS[fault];
    expect(JSON.parse(body ?? '')).toEqual({ err: code, description });
    expect(code).toMatch(/^(?:invalid_\w+|authentication_failed)$/);
    expect(description).toMatch(/^[A-Z][\w ,]+$/);
    expect(headers).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'content-language': 'en',
      ...(status === 405 && { allow: 'POST' }),
    });
  });
});

describe('answers to logouts (Back-Channel Logout 1.0 §2.8)', () => {
  it('are 200 with an empty body', () => {
    expect(LOGOUT_ANSWERS.accepted).toEqual({
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: undefined,
    });
  });

  it.each(faults)('are 400 for every error, also for an outage: %s', (fault) => {
    const { status, headers, body } = LOGOUT_ANSWERS.refused(fault);
    expect(status).toBe(fault === 'method_not_allowed' ? 405 : 400);
    expect(headers).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      ...(status === 405 && { allow: 'POST' }),
    });
    expect(JSON.parse(body ?? '')).toEqual({
      error: 'invalid_request',
      error_description: SIGNAL_FAULTS[fault].description,
    });
  });

  it('are 400 if nothing could be revoked', () => {
    expect(LOGOUT_UNMAPPED).toEqual({
      status: 400,
      headers: { 'cache-control': 'no-store', 'content-type': 'application/json' },
      body: JSON.stringify({
        error: 'invalid_request',
        error_description:
          'The access tokens of the issuer do not carry the session that has ended',
      }),
    });
  });
});
