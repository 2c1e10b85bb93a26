import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type KeyOptions, resolveKeyOptions } from '../../src/keys/key-options.ts';

const text = readFileSync(new URL('../../../../docs/keys.md', import.meta.url), 'utf8');
const events = readFileSync(new URL('../../src/model/events.ts', import.meta.url), 'utf8');

describe('the table of options', () => {
  const rows = [
    ...text.matchAll(
      /^\| `(\w+)` \| (?:[^|]+) \| ([\d,.]+)[^|]* \| ([\d,.]+) to ([\d,.]+)[^|]* \|/gm,
    ),
  ].map(([, name = '', ...figures]) => {
    const [standard = 0, min = 0, max = 0] = figures.map((each) =>
      Number(each.replaceAll(',', '')),
    );
    return { name, standard, min, max };
  });
  /** For an option at its limit, the related option must be at the same limit. */
  const COUNTERPARTS: Readonly<Record<string, string>> = {
    freshForMinSec: 'freshForMaxSec',
    freshForMaxSec: 'freshForMinSec',
    backoffInitialMs: 'backoffMaxMs',
    backoffMaxMs: 'backoffInitialMs',
  };
  const resolve = (options: object) => resolveKeyOptions(options as KeyOptions);
  const at = (name: string, value: number) => {
    const counterpart = COUNTERPARTS[name];
    return { [name]: value, ...(counterpart && { [counterpart]: value }) };
  };

  it('has every option', () => {
    let message = '';
    try {
      resolve({ nonsense: 1 });
    } catch (error) {
      message = String(error);
    }
    const names = message.split('are: ')[1]?.split(', ') ?? [];
    expect(rows.map(({ name }) => name)).toEqual(names);
  });

  it.each(rows)('has the default and the range of $name', ({ name, standard, min, max }) => {
    expect(resolve({ [name]: standard })).toEqual(resolve({}));
    for (const value of [min, max]) expect(() => resolve(at(name, value))).not.toThrow();
    for (const value of [min - 0.01, max + 1]) {
      expect(() => resolve({ [name]: value })).toThrow(`keys.${name} must be`);
    }
  });
});

it('names every event about keys, and every cause', () => {
  const types = [...events.matchAll(/'(keys\.\w+)'/g)].map(([, type]) => type);
  const causes = [...events.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, cause]) => cause);
  expect(types.length).toBeGreaterThan(5);
  expect(causes.length).toBeGreaterThan(10);
  expect([...types, ...causes].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
});
