import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namedSubjects } from '../src/event-subject.ts';

const text = fc.constantFrom('', 'ALL', 'ada', 'https://a');
const identifier: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.json().map((json): unknown => JSON.parse(json)),
    fc.record(
      {
        format: fc.constantFrom('iss_sub', 'jwt_id', 'opaque', 'complex', 'aliases', 'email'),
        iss: text,
        sub: text,
        jti: text,
        id: text,
        user: tie('any'),
        session: tie('any'),
        tenant: tie('any'),
        identifiers: fc.array(tie('any')),
      },
      { requiredKeys: ['format'] },
    ),
  ),
})).any;

it('every name that is read from a subject is a text in the subject, and none is empty', () => {
  fc.assert(
    fc.property(identifier, (subject) => {
      const written = JSON.stringify(subject) ?? '';
      for (const named of namedSubjects(subject)) {
        const user = named.kind === 'session' ? named.user : undefined;
        const { kind, user: _user, ...own } = { ...named, user: undefined };
        expect(['subject', 'token', 'session']).toContain(kind);
        for (const each of Object.values({ ...own, ...user })) {
          expect(each).not.toBe('');
          expect(written).toContain(JSON.stringify(each));
        }
      }
    }),
  );
});
