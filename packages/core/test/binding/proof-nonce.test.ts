import { describe, expect, it } from 'vitest';
import { aClock, NOW } from '../../../../test/support/tokens.ts';
import { createProofNonces } from '../../src/binding/proof-nonce.ts';

const secret = Buffer.alloc(32, 1);

function nonces(options: Partial<Parameters<typeof createProofNonces>[0]> = {}) {
  const clock = aClock();
  const made = createProofNonces({
    secrets: [secret],
    rotateSec: 60,
    resource: 'https://api.acme.com',
    clock,
    ...options,
  });
  return { clock, ...made };
}

describe('nonces', () => {
  it('have the characters of RFC 9449 §8.1, and stay the same within a time step', () => {
    const { clock, current } = nonces();
    const first = current();
    expect(first).toMatch(/^[\w-]{43}$/);
    clock.advance(59_999);
    expect(current()).toBe(first);
    clock.advance(1);
    expect(current()).not.toBe(first);
  });

  it('are accepted in their time step, one step earlier and two steps later', () => {
    const { clock, current, find } = nonces();
    const nonce = current();
    const at = (seconds: number) => {
      clock.set((NOW + seconds) * 1000);
      return find(nonce);
    };
    expect(at(-61)).toBeUndefined();
    expect(at(-60)).toEqual({ isCurrent: false, untilSec: NOW + 180 });
    expect(at(0)).toEqual({ isCurrent: true, untilSec: NOW + 180 });
    expect(at(59)).toEqual({ isCurrent: true, untilSec: NOW + 180 });
    expect(at(60)).toEqual({ isCurrent: false, untilSec: NOW + 180 });
    expect(at(179)).toEqual({ isCurrent: false, untilSec: NOW + 180 });
    expect(at(180)).toBeUndefined();
  });

  it('are accepted with every secret, and are current only with the first one', () => {
    const other = Buffer.alloc(32, 2);
    const [old, both, fresh] = [
      nonces(),
      nonces({ secrets: [other, secret] }),
      nonces({ secrets: [other] }),
    ];
    expect(both.current()).toBe(fresh.current());
    expect(both.find(old.current())).toEqual({ isCurrent: false, untilSec: NOW + 180 });
    expect(both.find(fresh.current())).toMatchObject({ isCurrent: true });
    expect(fresh.find(old.current())).toBeUndefined();
  });

  it('differ by resource and by the length of a step', () => {
    const one = nonces().current();
    expect(nonces({ resource: 'https://other.acme.com' }).find(one)).toBeUndefined();
    expect(nonces({ rotateSec: 10 }).find(one)).toBeUndefined();
    expect(nonces().find(one)).toBeDefined();
  });

  it('that this API did not make are not accepted', () => {
    const { current, find } = nonces();
    const nonce = current();
    for (const text of [
      '',
      nonce.slice(1),
      `${nonce}x`,
      'x'.repeat(43),
      'ä'.repeat(43),
      `x${nonce.slice(1)}`,
    ]) {
      expect(find(text)).toBeUndefined();
    }
  });
});
