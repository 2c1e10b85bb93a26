import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { REASONS } from '../src/reasons.ts';

it('docs/calling-services.md lists every reason with its status and text', () => {
  const page = readFileSync(new URL('../../../docs/calling-services.md', import.meta.url), 'utf8');
  const holdsBack = {
    server: 'every token of this client',
    token: 'this token alone',
    caller: 'not remembered',
  };
  const rows = Object.entries(REASONS).map(
    ([reason, { text, passes, concerns }]) =>
      `| \`${reason}\` | ${passes ? 503 : 500} | ${text} | ${holdsBack[concerns]} |`,
  );
  expect(page.split('\n').filter((line) => /^\| `\w+` \| \d/.test(line))).toEqual(rows);
});
