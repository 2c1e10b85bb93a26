import { describe, expect, it, vi } from 'vitest';
import {
  type Admission,
  admissionBehind,
  admissionOf,
  admit,
  admittedAs,
} from '../../src/adapter/admission.ts';
import { aResourceServer } from '../resource-servers.ts';

function anAdmission(): Admission {
  const resourceServer = aResourceServer();
  return { resourceServer, principal: undefined, passed: [], delegated: false, skipped: false };
}

describe('admission', () => {
  it('is remembered on the request, and on no other', () => {
    const [request, other] = [{}, {}];
    const admission = anAdmission();
    admit(request, admission);
    expect(admissionOf(request)).toBe(admission);
    expect(admissionOf(other)).toBeUndefined();
  });

  it('is found for a request that has Node’s request as raw, unless it has its own', () => {
    const raw = {};
    const request: object = { raw };
    expect(admissionOf(request)).toBeUndefined();
    const admission = anAdmission();
    admit(raw, admission);
    expect(admissionOf(request)).toBe(admission);
    expect(admittedAs(request)).toBeUndefined();
    const own = anAdmission();
    admit(request, own);
    expect(admissionOf(request)).toBe(own);
    expect(admissionOf(raw)).toBe(admission);
    for (const other of [undefined, null, 'raw', 1]) {
      expect(admissionOf({ raw: other })).toBeUndefined();
    }
  });

  it('is replaced by a later one', () => {
    const request = {};
    admit(request, anAdmission());
    const later = anAdmission();
    admit(request, later);
    expect(admissionOf(request)).toBe(later);
  });

  it('cannot come from a header, JSON or a property of the request', () => {
    const admission = anAdmission();
    const forged: object = JSON.parse('{"@authly/core:admission":{},"__proto__":{"principal":{}}}');
    expect(admissionOf(forged)).toBeUndefined();
    const request = {};
    admit(request, admission);
    expect(Object.keys(request)).toEqual([]);
    expect(JSON.stringify(request)).toBe('{}');
  });

  it('is found by another copy of the package', async () => {
    vi.resetModules();
    const copy = await import('../../src/adapter/admission.ts');
    expect(copy.admit).not.toBe(admit);
    const request = {};
    const admission = anAdmission();
    admit(request, admission);
    expect(copy.admissionOf(request)).toBe(admission);
  });
});

describe('admissionBehind', () => {
  it('finds the admission of an object, or of an object that it inherits from, the nearest first', () => {
    const request = {};
    const wrapped = Object.create(Object.create(request));
    expect(admissionBehind(wrapped)).toBeUndefined();
    const admission = anAdmission();
    admit(request, admission);
    expect(admissionBehind(request)).toBe(admission);
    expect(admissionBehind(wrapped)).toBe(admission);
    expect(admissionOf(wrapped)).toBeUndefined();
    const nearer = anAdmission();
    admit(wrapped, nearer);
    expect(admissionBehind(wrapped)).toBe(nearer);
  });

  it('finds nothing for an object without a prototype', () => {
    expect(admissionBehind(Object.create(null))).toBeUndefined();
  });
});
