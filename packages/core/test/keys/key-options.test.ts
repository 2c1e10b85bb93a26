import { describe, expect, it } from 'vitest';
import { type KeyOptions, resolveKeyOptions } from '../../src/keys/key-options.ts';
import { ConfigurationError } from '../../src/model/errors.ts';

describe('key options', () => {
  it('have the documented defaults', () => {
    expect(resolveKeyOptions()).toEqual({
      freshForMs: 600_000,
      freshForMinMs: 300_000,
      freshForMaxMs: 3_600_000,
      refreshAheadRatio: 0.8,
      staleForMs: 21_600_000,
      unknownKidCooldownMs: 5_000,
      fetchTimeoutMs: 5_000,
      maxBytes: 524_288,
      maxKeys: 100,
      backoffInitialMs: 1_000,
      backoffMaxMs: 30_000,
    });
  });

  it('are frozen once resolved', () => {
    expect(Object.isFrozen(resolveKeyOptions({}))).toBe(true);
  });

  it('turn seconds into milliseconds, fractions included', () => {
    const resolved = resolveKeyOptions({
      freshForSec: 1.5,
      staleForSec: 0,
      unknownKidCooldownSec: 0.2,
    });
    expect(resolved).toMatchObject({ freshForMs: 1_500, staleForMs: 0, unknownKidCooldownMs: 200 });
  });

  it.each<[KeyOptions | object, string]>([
    [{ freshForSec: 0 }, 'keys: { freshForSec: 600 }'],
    [{ freshForSec: Number.NaN }, 'keys: { freshForSec: 600 }'],
    [{ freshForSec: '600' }, 'keys: { freshForSec: 600 }'],
    [{ freshForMaxSec: 86_401 }, 'keys: { freshForMaxSec: 3600 }'],
    [{ refreshAheadRatio: 1 }, 'keys: { refreshAheadRatio: 0.8 }'],
    [{ staleForSec: -1 }, 'keys: { staleForSec: 21600 }'],
    [{ staleForSec: Number.POSITIVE_INFINITY }, 'keys: { staleForSec: 21600 }'],
    [{ unknownKidCooldownSec: 0 }, 'keys: { unknownKidCooldownSec: 5 }'],
    [{ fetchTimeoutMs: 60_001 }, 'keys: { fetchTimeoutMs: 5000 }'],
    [{ maxBytes: 2_048.5 }, 'keys: { maxBytes: 524288 }'],
    [{ maxKeys: 0 }, 'keys: { maxKeys: 100 }'],
    [{ maxKeys: null }, 'keys: { maxKeys: 100 }'],
    [{ freshForMinSec: 4_000 }, 'freshForMinSec: 300, freshForMaxSec: 3600'],
    [{ backoffInitialMs: 40_000 }, 'backoffInitialMs: 1000, backoffMaxMs: 30000'],
    [{ freshFor: 600 }, 'freshForSec'],
  ])('%j is refused with the line to write', (options, line) => {
    const resolve = () => resolveKeyOptions(options);
    expect(resolve).toThrow(ConfigurationError);
    expect(resolve).toThrow(line);
  });
});

describe('the limits of options', () => {
  it.each<KeyOptions>([
    { freshForSec: 0.1 },
    { freshForSec: 86_400 },
    { staleForSec: 0 },
    { staleForSec: 604_800 },
    { fetchTimeoutMs: 50 },
    { fetchTimeoutMs: 60_000 },
    { maxBytes: 1_024 },
    { maxBytes: 16_777_216 },
    { maxKeys: 1 },
    { maxKeys: 1_000 },
    { freshForMinSec: 300, freshForMaxSec: 300 },
    { backoffInitialMs: 1_000, backoffMaxMs: 1_000 },
  ])('%j is accepted', (options) => {
    expect(() => resolveKeyOptions(options)).not.toThrow();
  });

  it.each<KeyOptions>([
    { staleForSec: 604_801 },
    { fetchTimeoutMs: 49 },
    { maxBytes: 1_023 },
    { maxBytes: 16_777_217 },
    { maxKeys: 1_001 },
    { maxKeys: 1.5 },
  ])('%j is not accepted', (options) => {
    expect(() => resolveKeyOptions(options)).toThrow(ConfigurationError);
  });

  it('the error says what kind of number it must be', () => {
    expect(() => resolveKeyOptions({ maxKeys: 1.5 })).toThrow('a whole number from 1 to 1000');
    expect(() => resolveKeyOptions({ freshForSec: 0 })).toThrow('a number from 0.1 to 86400');
    expect(() => resolveKeyOptions({ freshFor: 1 } as KeyOptions)).toThrow(
      'freshForSec, freshForMinSec',
    );
  });
});
