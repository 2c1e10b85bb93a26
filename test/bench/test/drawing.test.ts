import { expect, it } from 'vitest';
import { drawing } from '../src/report/drawing.ts';

const bar = (name: string, median: number) => ({
  name,
  value: { median, p25: median * 0.9, p75: median, samples: 3 },
});

it('draws bars in proportion, from zero', () => {
  const svg = drawing([{ title: 'T', unit: 'µs', bars: [bar('authly', 5), bar('other', 10)] }]);
  const widths = [...svg.matchAll(/<rect x="[^"]+" y="[^"]+" width="([^"]+)"/g)].map(([, width]) =>
    Number(width),
  );
  expect(widths).toHaveLength(2);
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(2);
});

it('text cannot break the drawing', () => {
  const svg = drawing([{ title: 'a < b & c', unit: '', bars: [bar('<x>', 1)] }]);
  expect(svg).toContain('a &lt; b &amp; c');
  expect(svg).not.toContain('<x>');
});
