import { expect, it } from 'vitest';
import { cellText, numberText, tableMarkdown } from '../src/report/markdown.ts';
import { atLeast, atMost } from '../src/report/report.ts';

const measured = { median: 1.2, p25: 1.1, p75: 1.4, samples: 7 };

it('numbers keep about three significant digits', () => {
  expect([12_345.6, 123.4, 12.34, 1.234, 0.1234, 0.01234].map(numberText)).toEqual([
    '12,346',
    '123',
    '12.3',
    '1.23',
    '0.12',
    '0.012',
  ]);
  expect(numberText(-4.321)).toBe('-4.32');
});

it('what was not measured is a dash, not NaN', () => {
  expect(numberText(Number.NaN)).toBe('–');
});

it('a measured cell shows its spread', () => {
  expect(cellText(measured)).toBe('1.20 (1.10–1.40)');
});

it('a table is Markdown with its title and note', () => {
  const table = {
    title: 'T',
    note: 'N.',
    columns: ['', 'µs'],
    rows: [
      ['a', measured],
      ['b', 2],
    ],
  };
  expect(tableMarkdown(table).split('\n')).toEqual([
    '### T',
    '',
    'N.',
    '',
    '|  | µs |',
    '| --- | ---: |',
    '| a | 1.20 (1.10–1.40) |',
    '| b | 2.00 |',
  ]);
});

it('a goal is judged by the median', () => {
  expect(atMost('m', measured, 1.25, '×')).toMatchObject({ met: true, limit: '≤ 1.25 ×' });
  expect(atMost('m', measured, 1.1, '×')).toMatchObject({ met: false });
  expect(atLeast('m', measured, 1.3, '×')).toMatchObject({ met: false, limit: '≥ 1.3 ×' });
  expect(atLeast('m', measured, 1.2, '')).toMatchObject({ met: true, limit: '≥ 1.2' });
});
