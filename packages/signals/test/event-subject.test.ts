import { describe, expect, it } from 'vitest';
import { namedSubjects } from '../src/event-subject.ts';

const ada = { format: 'iss_sub', iss: 'https://a', sub: 'ada' };
const session = { format: 'opaque', id: 's1' };
const user = { issuer: 'https://a', subject: 'ada' };

describe('a subject identifier', () => {
  it.each<[string, unknown, unknown]>([
    ['iss_sub', ada, [{ kind: 'subject', ...user }]],
    [
      'jwt_id',
      { format: 'jwt_id', iss: 'https://a', jti: 't1' },
      [{ kind: 'token', issuer: 'https://a', tokenId: 't1' }],
    ],
    ['a complex one of a user', { format: 'complex', user: ada }, [{ kind: 'subject', ...user }]],
    [
      'a complex one of a user and a session',
      { format: 'complex', user: ada, session },
      [{ kind: 'session', sessionId: 's1', user }],
    ],
    [
      'a complex one of a session',
      { format: 'complex', session },
      [{ kind: 'session', sessionId: 's1', user: undefined }],
    ],
    [
      'all sessions of a user, as Keycloak writes them',
      { format: 'complex', user: ada, session: { format: 'opaque', id: 'ALL' } },
      [{ kind: 'subject', ...user }],
    ],
    [
      'aliases, of which some say nothing here',
      {
        format: 'aliases',
        identifiers: [{ format: 'email', email: 'ada@acme.com' }, ada, 7, null],
      },
      [{ kind: 'subject', ...user }],
    ],
  ])('names what a mark can be on: %s', (_name, subject, expected) => {
    expect(namedSubjects(subject)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['null', null],
    ['text', 'ada'],
    ['a list', [ada]],
    ['no format', { iss: 'https://a', sub: 'ada' }],
    ['an inherited format', Object.create(ada)],
    ['email', { format: 'email', email: 'ada@acme.com' }],
    ['phone_number', { format: 'phone_number', phone_number: '+1' }],
    ['account', { format: 'account', uri: 'acct:ada@acme.com' }],
    ['opaque', session],
    ['iss_sub without sub', { format: 'iss_sub', iss: 'https://a' }],
    ['iss_sub without iss', { format: 'iss_sub', sub: 'ada' }],
    ['iss_sub with an empty sub', { ...ada, sub: '' }],
    ['iss_sub with a number', { ...ada, sub: 7 }],
    ['jwt_id without jti', { format: 'jwt_id', iss: 'https://a' }],
    ['jwt_id without iss', { format: 'jwt_id', jti: 't1' }],
    ['a complex one without members', { format: 'complex' }],
    ['a user in a tenant', { format: 'complex', user: ada, tenant: { format: 'opaque', id: 't' } }],
    ['a user on a device', { format: 'complex', user: ada, device: { format: 'opaque', id: 'd' } }],
    ['a user by e-mail', { format: 'complex', user: { format: 'email', email: 'a@acme.com' } }],
    [
      'a session of a user by e-mail',
      { format: 'complex', user: { format: 'email', email: 'a@acme.com' }, session },
    ],
    ['a user that is text', { format: 'complex', user: 'ada', session }],
    ['a session that is no opaque id', { format: 'complex', user: ada, session: ada }],
    [
      'a session in another form with an id',
      { format: 'complex', user: ada, session: { ...session, format: 'did' } },
    ],
    [
      'a user in another form with iss and sub',
      { format: 'complex', user: { ...ada, format: 'jwt_id' }, session },
    ],
    ['a user in another form, alone', { format: 'complex', user: { ...ada, format: 'jwt_id' } }],
    ['a session without id', { format: 'complex', user: ada, session: { format: 'opaque' } }],
    ['all sessions of nobody', { format: 'complex', session: { format: 'opaque', id: 'ALL' } }],
    ['aliases that are no list', { format: 'aliases', identifiers: ada }],
    ['no aliases', { format: 'aliases' }],
    [
      'aliases in aliases (RFC 9493 §3.2.8)',
      { format: 'aliases', identifiers: [{ format: 'aliases', identifiers: [ada] }] },
    ],
  ])('names nothing that a mark can be on: %s', (_name, subject) => {
    expect(namedSubjects(subject)).toEqual([]);
  });
});
