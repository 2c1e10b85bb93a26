import { describe, expect, it } from 'vitest';
import { isToken68 } from '../../src/lib/token68.ts';

describe('isToken68', () => {
  it.each(['a', 'a.b.c', 'AZaz09-._~+/', 'abc=', 'abc===='])(
    'accepts %j (RFC 6750 §2.1)',
    (text) => {
      expect(isToken68(text)).toBe(true);
    },
  );

  it.each(['', '=', 'a=b', 'a b', 'a,b', 'a"', 'a\\', 'a\n', '\na', 'é', 'a:b', 'a%20', 'a\0'])(
    'refuses %j',
    (text) => {
      expect(isToken68(text)).toBe(false);
    },
  );
});
