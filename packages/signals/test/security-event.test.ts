import { describe, expect, it } from 'vitest';
import { ADA, CAEP, EVENT_CLAIMS } from '../../../test/support/signals.ts';
import { NOW } from '../../../test/support/tokens.ts';
import { readSecurityEvent } from '../src/security-event.ts';

const type = `${CAEP}session-revoked`;
const read = (claims: object) => readSecurityEvent('https://a', { ...EVENT_CLAIMS, ...claims });
const without = (name: string) => {
  const { [name]: _left, ...rest } = EVENT_CLAIMS as Record<string, unknown>;
  return readSecurityEvent('https://a', rest);
};

describe('a security event', () => {
  it('is read with all its members', () => {
    const event = read({});
    expect(event).toEqual({
      issuer: 'https://a',
      id: 'event-1',
      type,
      payload: { event_timestamp: NOW - 5 },
      subject: ADA,
      occurredAt: NOW - 5,
      claims: EVENT_CLAIMS,
    });
    expect(Object.isFrozen(event)).toBe(true);
  });

  it.each<[string, object, number]>([
    ['event_timestamp', { toe: 2, events: { [type]: { event_timestamp: 1 } } }, 1],
    ['toe', { toe: 2, events: { [type]: {} } }, 2],
    ['iat', { events: { [type]: {} } }, NOW],
    [
      'iat, where the others are text',
      { toe: '2', events: { [type]: { event_timestamp: '1' } } },
      NOW,
    ],
    [
      'iat, where the others are no times',
      { toe: Number.NaN, events: { [type]: { event_timestamp: Number.POSITIVE_INFINITY } } },
      NOW,
    ],
  ])('has the time of %s', (_name, claims, occurredAt) => {
    expect(read(claims)).toMatchObject({ occurredAt });
  });

  it('may have no subject', () => {
    expect(without('sub_id')).toMatchObject({ subject: undefined });
  });

  it.each(['jti', 'iat', 'events'])('[RFC8417-2.2-a] must have %s', (name) => {
    expect(without(name)).toBe('claim_missing');
  });

  it.each(['sub', 'exp'])('must not have %s', (name) => {
    expect(read({ [name]: undefined })).toBe('claim_forbidden');
    expect(read({ [name]: NOW })).toBe('claim_forbidden');
  });

  it.each<[string, object]>([
    ['an empty jti', { jti: '' }],
    ['a jti that is a number', { jti: 7 }],
    ['an iat that is text', { iat: '7' }],
    ['no event', { events: {} }],
    ['two events', { events: { [type]: {}, x: {} } }],
    ['a list of events', { events: [{}] }],
    ['an event that is text', { events: { [type]: 'x' } }],
    ['an event that is null', { events: { [type]: null } }],
    ['events that are null', { events: null }],
  ])('must be well-formed: %s', (_name, claims) => {
    expect(read(claims)).toBe('claim_malformed');
  });
});
