import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { resolveOptions } from '../../src/options/resolve-options.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';

const text = readFileSync(new URL('../../../../docs/performance.md', import.meta.url), 'utf8');

it('the page about performance names the real defaults', () => {
  const { cache, signatureThread } = resolveOptions({
    issuer: rfc9068('https://as.example.com'),
    audience: 'https://api.acme.com',
  });
  expect(signatureThread).toBe(true);
  expect(text).toContain(`| tokens kept | ${cache?.maxEntries.toLocaleString('en')} |`);
  expect(text).toContain(`| ${(cache?.maxBytes ?? 0) / 1024 / 1024} MiB |`);
});
