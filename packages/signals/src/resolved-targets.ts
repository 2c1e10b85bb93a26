import { isPrincipalKey } from '@authly/core/adapter';
import { isObject, type JsonObject, textOf } from './claim-readers.ts';
import type { EventTargets } from './event-targets.ts';
import type { SignalTarget } from './signal-stores.ts';
import type { Transmitter } from './transmitter.ts';

/**
 * Checks the result of the application's `resolveSubject`: a target, or a list of them. A target of an issuer
 * whose tokens the transmitter may not revoke is left out. A principal is accepted as the application gave it.
 *
 * @throws TypeError for anything that is no target: a mistake of the application.
 */
export function resolvedTargets(
  answer: unknown,
  { issuers }: Pick<Transmitter, 'issuers'>,
): EventTargets {
  const list: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  if (list.length === 0) return { unmapped: 'subject_unknown' };
  const targets = list.map(checkedTarget).filter((each) => {
    const issuer = 'issuer' in each ? each.issuer : undefined;
    return issuer === undefined || issuers.has(issuer);
  });
  return targets.length > 0 ? { targets } : { unmapped: 'issuer_not_spoken_for' };
}

function checkedTarget(value: unknown): SignalTarget {
  const target = isObject(value) ? readTarget(value) : undefined;
  if (target !== undefined) return target;
  throw new TypeError(
    "resolveSubject must return what is to be revoked, or undefined. Write: { kind: 'subject', issuer, subject }",
  );
}

function readTarget(value: JsonObject): SignalTarget | undefined {
  const issuer = textOf(value, 'issuer');
  switch (value['kind']) {
    case 'principal': {
      const principalKey = textOf(value, 'principalKey');
      return isPrincipalKey(principalKey) ? { kind: 'principal', principalKey } : undefined;
    }
    case 'token': {
      const token = textOf(value, 'token');
      if (token !== undefined && issuer === undefined) return { kind: 'token', token };
      const tokenId = textOf(value, 'tokenId');
      if (issuer === undefined || tokenId === undefined || token !== undefined) return undefined;
      return { kind: 'token', issuer, tokenId };
    }
    case 'session': {
      const sessionId = textOf(value, 'sessionId');
      if (issuer === undefined || sessionId === undefined) return undefined;
      return { kind: 'session', issuer, sessionId };
    }
    case 'subject': {
      const subject = textOf(value, 'subject');
      if (issuer === undefined || subject === undefined) return undefined;
      return { kind: 'subject', issuer, subject };
    }
    case 'client': {
      const clientId = textOf(value, 'clientId');
      if (issuer === undefined || clientId === undefined) return undefined;
      return { kind: 'client', issuer, clientId };
    }
    default:
      return undefined;
  }
}
