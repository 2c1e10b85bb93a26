import { isObject, type JsonObject, memberOf, textOf } from './claim-readers.ts';

/** The pair that names a user, or a client, at an issuer (RFC 9493 §3.2.3). */
export interface IssuerSubject {
  readonly issuer: string;
  readonly subject: string;
}

/** What a subject identifier names, if a mark can be made for it. */
export type NamedSubject =
  | ({ readonly kind: 'subject' } & IssuerSubject)
  | { readonly kind: 'token'; readonly issuer: string; readonly tokenId: string }
  | {
      readonly kind: 'session';
      readonly sessionId: string;
      /** The session's user; `undefined` when the event does not name one. */
      readonly user: IssuerSubject | undefined;
    };

/** What Keycloak writes instead of a session's id to mean all sessions of a user. */
const ALL_SESSIONS = 'ALL';
/** Members of a complex subject for which marks can be made. Any other member narrows the subject. */
const COMPLEX_MEMBERS: ReadonlySet<string> = new Set(['format', 'user', 'session']);

/**
 * Reads a subject identifier (`sub_id`, RFC 9493). Returns what it names: one subject, several names of the
 * same subject (`aliases`), or none where no mark can be made.
 *
 * A complex subject (Shared Signals Framework 1.0 §3) means whatever matches **all** of its members. A user
 * together with a tenant or a device is less than that user, so nothing is returned.
 */
export function namedSubjects(subject: unknown): readonly NamedSubject[] {
  if (!isObject(subject)) return [];
  if (memberOf(subject, 'format') === 'aliases') {
    const identifiers = memberOf(subject, 'identifiers');
    return Array.isArray(identifiers) ? identifiers.flatMap((each) => named(each) ?? []) : [];
  }
  const one = named(subject);
  return one === undefined ? [] : [one];
}

function named(subject: unknown): NamedSubject | undefined {
  if (!isObject(subject)) return undefined;
  switch (memberOf(subject, 'format')) {
    case 'iss_sub': {
      const pair = issuerSubject(subject);
      return pair && { kind: 'subject', ...pair };
    }
    case 'jwt_id': {
      const issuer = textOf(subject, 'iss');
      const tokenId = textOf(subject, 'jti');
      if (issuer === undefined || tokenId === undefined) return undefined;
      return { kind: 'token', issuer, tokenId };
    }
    case 'complex':
      return complexSubject(subject);
    default:
      return undefined;
  }
}

function complexSubject(subject: JsonObject): NamedSubject | undefined {
  if (Object.keys(subject).some((name) => !COMPLEX_MEMBERS.has(name))) return undefined;
  const user = isFormat(subject, 'user', 'iss_sub');
  const pair = user && issuerSubject(user);
  // A user in an unknown form must not be ignored, because it narrows the subject.
  if (Object.hasOwn(subject, 'user') && pair === undefined) return undefined;
  if (!Object.hasOwn(subject, 'session')) return pair && { kind: 'subject', ...pair };
  const session = isFormat(subject, 'session', 'opaque');
  const sessionId = session && textOf(session, 'id');
  if (sessionId === undefined) return undefined;
  if (sessionId === ALL_SESSIONS) return pair && { kind: 'subject', ...pair };
  return { kind: 'session', sessionId, user: pair };
}

function isFormat(owner: JsonObject, member: string, format: string): JsonObject | undefined {
  const value = memberOf(owner, member);
  return isObject(value) && memberOf(value, 'format') === format ? value : undefined;
}

function issuerSubject(subject: JsonObject): IssuerSubject | undefined {
  const issuer = textOf(subject, 'iss');
  const sub = textOf(subject, 'sub');
  return issuer === undefined || sub === undefined ? undefined : { issuer, subject: sub };
}
