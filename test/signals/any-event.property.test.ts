import { securityEvents } from '@authly/signals';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  ADA,
  AUTHORIZATION,
  anEvent,
  aTransmitter,
  CAEP,
  marksOf,
  push,
  RECEIVER,
  RISC,
  SSF,
  securityEventsBy,
} from '../support/signals.ts';
import { generateTestKey, ISSUER, issuerKey, NOW } from '../support/tokens.ts';

// Events with any of their parts wrong, against the rules in short: a mark is made for a good event about a
// user of the transmitter's own issuer, and for no other.

const forger = generateTestKey('ES256', issuerKey.kid);
const ABSENT = undefined;

const part = <Value>(good: Value, ...others: unknown[]) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.constant({ value: good as unknown, isGood: true }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...others).map((value: unknown) => ({ value, isGood: false })),
    },
  );

const event = fc.record({
  typ: part('secevent+jwt', 'JWT', 'at+jwt', 'logout+jwt', ABSENT),
  iss: part(ISSUER, 'https://other.example.com', `${ISSUER}/`, 7, ABSENT),
  aud: part(RECEIVER, 'https://other.example.com', [], [7], {}, ABSENT),
  iat: part(NOW, 'now', null, ABSENT),
  jti: part('event-1', '', 7, ABSENT),
  sub: part(ABSENT, 'ada', null),
  exp: part(ABSENT, NOW + 60, NOW - 60),
  key: part(issuerKey, forger),
  authorization: part(AUTHORIZATION, 'Bearer x', ABSENT),
  payload: part({ event_timestamp: NOW - 5 }, null, [], 'x', 7),
  second: part(false, true),
});
const types = fc.constantFrom(
  { type: `${CAEP}session-revoked`, revokes: true },
  { type: `${RISC}account-disabled`, revokes: true },
  { type: `${CAEP}credential-change`, revokes: false },
  { type: `${SSF}stream-updated`, revokes: false },
  { type: 'urn:x', revokes: false },
  { type: '__proto__x', revokes: false },
);
const subjects = fc.oneof(
  fc.constant({ subject: ADA as unknown, isOurs: true }),
  fc
    .constantFrom<unknown>(
      { ...ADA, iss: 'https://other.example.com' },
      { ...ADA, sub: '' },
      { format: 'email', email: 'ada' },
      { format: 'complex', user: ADA, tenant: {} },
      null,
      ABSENT,
      [],
    )
    .map((subject) => ({ subject, isOurs: false })),
);

it('makes a mark for a good event about its own user, and for no other event, and never fails', async () => {
  await fc.assert(
    fc.asyncProperty(event, types, subjects, async (parts, { type, revokes }, subject) => {
      const { handler, events, ...watched } = securityEventsBy(securityEvents)({
        transmitters: [aTransmitter()],
      });
      const { typ, iss, aud, iat, jti, sub, exp, key, authorization, payload, second } = parts;
      const jwt = anEvent(
        {
          ...{ iss: iss.value, aud: aud.value, iat: iat.value, jti: jti.value },
          ...{ sub: sub.value, exp: exp.value, sub_id: subject.subject },
          events: { [type]: payload.value, ...(second.value === true && { x: {} }) },
        },
        { typ: typ.value },
        key.value as typeof issuerKey,
      );
      const headers = { authorization: authorization.value as string | undefined };
      const { status, body } = await push(handler, jwt, { headers });
      const isGood = Object.values(parts).every((each) => each.isGood);
      expect(status).toBe(isGood ? 202 : 400);
      expect(body === undefined).toBe(isGood);
      const isMarked = isGood && revokes && subject.isOurs;
      expect(await marksOf(watched)).toEqual(isMarked ? ['subject -5'] : []);
      expect(events).toHaveLength(1);
      expect(JSON.stringify(events)).not.toMatch(/ada|event-1|other\.example/);
    }),
    { numRuns: 300 },
  );
});
