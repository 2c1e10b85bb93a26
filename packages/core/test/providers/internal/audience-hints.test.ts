import { expect, it } from 'vitest';
import * as presets from '../../../src/providers/index.ts';
import { AUDIENCE_HINTS } from '../../../src/providers/internal/audience-hints.ts';

it('has hints for presets that exist, each a sentence that says whose setting it is', () => {
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
])('tells what makes tokens of %s name an API: %s', (preset, setting) => {
  expect(AUDIENCE_HINTS[preset]).toContain(setting);
});
