import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import {
  createAdmission,
  createSkippedAdmission,
  presentedTokenOf,
} from '../../src/adapter/create-admission.ts';
import { anAnsweringServer } from './servers.ts';

const TOKEN = 'eyJhbGciOiJub25lIn0.c2VjcmV0.c2ln';

function anAdmission() {
  const mode = { resourceServer: anAnsweringServer(), delegated: false };
  return createAdmission({ principal: undefined, token: TOKEN }, mode);
}

describe('createAdmission', () => {
  it('has the resource server and the mode, and no passed guard', () => {
    const mode = { resourceServer: anAnsweringServer(), delegated: true };
    const admission = createAdmission({ principal: undefined, token: undefined }, mode);
    expect(admission).toMatchObject({ ...mode, principal: undefined, passed: [] });
    expect(presentedTokenOf(admission)).toBeUndefined();
    expect(admission.skipped).toBe(false);
  });

  it('is anonymous when the request was skipped', () => {
    const mode = { resourceServer: anAnsweringServer(), delegated: false };
    const admission = createSkippedAdmission(mode);
    expect(admission).toMatchObject({ ...mode, principal: undefined, passed: [], skipped: true });
    expect(presentedTokenOf(admission)).toBeUndefined();
  });
});

describe('presentedTokenOf', () => {
  it('gives the token that the request was let in with', () => {
    expect(presentedTokenOf(anAdmission())).toBe(TOKEN);
  });

  it.each<readonly [string, (admission: object) => unknown]>([
    ['JSON.stringify', (admission) => JSON.stringify(admission)],
    ['inspect', (admission) => inspect(admission)],
    [
      'inspect of everything hidden',
      (admission) => inspect(admission, { showHidden: true, getters: true, depth: null }),
    ],
    ['inspect of a list', (admission) => inspect([admission], { showHidden: true, depth: null })],
    ['Object.keys', (admission) => Object.keys(admission).join()],
    ['its own properties', (admission) => inspect(Object.getOwnPropertyDescriptors(admission))],
    [
      'its prototype',
      (admission) => inspect(Object.getPrototypeOf(admission), { showHidden: true }),
    ],
    ['a spread copy', (admission) => inspect({ ...admission }, { showHidden: true, depth: null })],
    ['Object.assign', (admission) => inspect(Object.assign({}, admission), { showHidden: true })],
    ['String', (admission) => String(admission)],
  ])('is not shown by %s', (_, print) => {
    const printed = print(anAdmission());
    expect(printed).not.toContain(TOKEN);
    expect(printed).not.toContain('c2VjcmV0');
  });

  it('gives nothing for a copy of an admission', () => {
    expect(presentedTokenOf({ ...anAdmission() })).toBeUndefined();
  });

  it('works with an admission of another copy of the package', async () => {
    const admission = anAdmission();
    vi.resetModules();
    const copy = await import('../../src/adapter/create-admission.ts');
    expect(copy.createAdmission).not.toBe(createAdmission);
    expect(copy.presentedTokenOf(admission)).toBe(TOKEN);
  });
});
