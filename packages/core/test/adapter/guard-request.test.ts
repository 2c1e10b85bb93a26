import { describe, expect, it } from 'vitest';
import { admissionOf, admit } from '../../src/adapter/admission.ts';
import { createAdmission } from '../../src/adapter/create-admission.ts';
import { guardRequest } from '../../src/adapter/guard-request.ts';
import { isAuthError } from '../../src/model/errors.ts';
import { client, user } from '../../src/requirement/caller-kind.ts';
import { scope } from '../../src/requirement/scope.ts';
import { anAnsweringServer } from './servers.ts';

function anAdmittedRequest(): object {
  const carrier = {};
  const mode = { resourceServer: anAnsweringServer(), delegated: false };
  admit(carrier, createAdmission({ principal: undefined, token: undefined }, mode));
  return carrier;
}

describe('guardRequest', () => {
  it('throws the refusal of an unmet requirement, with the scopes of earlier guards', () => {
    const carrier = anAdmittedRequest();
    Object.assign(admissionOf(carrier) ?? {}, { passed: [scope('a')] });
    expect(() => guardRequest(carrier, scope('b'))).toThrow(
      expect.objectContaining({ code: 'missing_credentials', details: { scopes: ['a', 'b'] } }),
    );
  });

  it('remembers a requirement that is met, and no other', () => {
    const carrier = {};
    const passing = { ...anAnsweringServer(), evaluate: () => undefined };
    const mode = { resourceServer: passing, delegated: false };
    admit(carrier, createAdmission({ principal: undefined, token: undefined }, mode));
    const requirements = [user(), client()];
    for (const requirement of requirements) guardRequest(carrier, requirement);
    expect(admissionOf(carrier)?.passed).toEqual(requirements);
    const refused = anAdmittedRequest();
    expect(() => guardRequest(refused, user())).toThrow();
    expect(admissionOf(refused)?.passed).toEqual([]);
  });

  it('throws a plain Error that says what to write when the request was not admitted', () => {
    const guard = () => guardRequest({}, scope('a'));
    expect(guard).toThrow(
      'A guard (scope a) ran before authenticate. Write: app.use(authenticate({',
    );
    try {
      guard();
    } catch (error) {
      expect(isAuthError(error)).toBe(false);
    }
  });
});
