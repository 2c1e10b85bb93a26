import { expect, it } from 'vitest';
import * as presets from '../../../src/providers/index.ts';
import { AUDIENCE_HINTS } from '../../../src/providers/internal/audience-hints.ts';

it('each hint belongs to a preset that exists, and begins with the name of the product', () => {
  for (const [preset, hint] of Object.entries(AUDIENCE_HINTS)) {
    expect(Object.keys(presets)).toContain(preset);
    expect(hint).toMatch(/^[A-Z][\w:. ]+: .+\.$/);
  }
});

it.each([
  ['betterAuth', 'resource'],
  ['glewlwyd', 'resource'],
  ['lemonldap', 'additional audiences'],
  ['authlib', 'get_audiences'],
  ['django', 'resource'],
  ['canaille', 'audiences'],
  ['gitlab', 'id_tokens'],
  ['buildkite', '--audience'],
  ['circleci', 'circleci run oidc get'],
  ['vercel', 'exchangeVercelOidcToken'],
  ['cloudflareAccess', 'AUD tag'],
  ['supabase', 'authenticated'],
])('the hint for %s names %s', (preset, setting) => {
  expect(AUDIENCE_HINTS[preset]).toContain(setting);
});
