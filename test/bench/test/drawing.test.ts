import { expect, it } from 'vitest';
import { drawing } from '../src/report/drawing.ts';

const bar = (name: string, median: number) => ({
  name,
  value: { median, p25: median * 0.9, p75: median, samples: 3 },
});

const CHART = { title: 'T', unit: 'µs', bars: [bar('authly', 5), bar('other', 10)] };

it('draws bars in proportion, from zero', () => {
  const svg = drawing([CHART], { title: 'All' });
  const widths = [...svg.matchAll(/<rect class="\w+" x="[^"]+" y="[^"]+" width="([^"]+)"/g)].map(
    ([, width]) => Number(width),
  );
  expect(widths).toHaveLength(2);
  expect((widths[1] ?? 0) / (widths[0] ?? 1)).toBeCloseTo(2);
});

it('escapes text', () => {
  const svg = drawing([{ title: 'a < b & c', unit: '', bars: [bar('<x>', 1)] }], {
    title: '<y>',
    foot: '<z>',
  });
  expect(svg).toContain('a &lt; b &amp; c');
  for (const tag of ['<x>', '<y>', '<z>']) expect(svg).not.toContain(tag);
});

it('has colours only in its style, which has them for dark pages too', () => {
  const svg = drawing([CHART], { title: 'All', foot: 'on this machine' });
  const [style = ''] = /<style>[^<]+<\/style>/.exec(svg) ?? [];
  expect(svg.replace(style, '')).not.toMatch(/#[0-9a-f]{6}/);
  const [light = '', dark = ''] = style.split('@media (prefers-color-scheme: dark)');
  const classes = new Set([...svg.matchAll(/class="(\w+)"/g)].map(([, name = '']) => name));
  expect(classes.size).toBeGreaterThan(4);
  for (const name of classes) {
    expect(light).toContain(`.${name} {`);
    expect(dark).toContain(`.${name} {`);
  }
});

it('leaves out the figures with figures: false', () => {
  expect(drawing([CHART], { title: 'All' })).toContain('>10.0<');
  expect(drawing([CHART], { title: 'All', figures: false })).not.toContain('>10.0<');
});
