import { describe, expect, it } from 'vitest';
import { tokenHint } from '../../../src/providers/internal/token-hint.ts';

const tid = '3b0c9a54-9f2e-4f1b-8d57-5a6f1b2c9e10';
const v1 = `https://sts.windows.net/${tid}/`;
const v2 = `https://login.microsoftonline.com/${tid}/v2.0`;

describe('a hint for a refused token', () => {
  it('of Entra says how to get the other version, where its issuer is not configured', () => {
    expect(tokenHint('issuer_unknown', { iss: v1 }, {})).toContain(
      'requestedAccessTokenVersion to 2',
    );
    expect(tokenHint('issuer_unknown', { iss: v2 }, {})).toContain("entra('<tenant id>')");
    expect(tokenHint('expired', { iss: v1 }, {})).toBeUndefined();
  });

  it.each([
    [{ iss: v1, aud: 'https://graph.microsoft.com' }, {}],
    [{ iss: v1, aud: 'https://graph.microsoft.com/' }, {}],
    [{ iss: v1, aud: 'https://dod-graph.microsoft.us' }, {}],
    [{ iss: v2, aud: '00000003-0000-0000-c000-000000000000' }, {}],
    [{ iss: v2, aud: 'api://parcels' }, { nonce: 'x' }],
  ])('for Microsoft Graph has a hint that only Graph can verify it: %j %j', (claims, header) => {
    for (const reason of ['signature_invalid', 'key_unknown', 'audience_mismatch'] as const) {
      expect(tokenHint(reason, claims, header)).toContain('Microsoft Graph');
    }
    expect(tokenHint('expired', claims, header)).toBeUndefined();
  });

  it('of Azure AD B2C says where the keys are', () => {
    const claims = { iss: `https://acme.b2clogin.com/${tid}/v2.0/` };
    expect(tokenHint('issuer_unknown', claims, {})).toContain('<policy>/discovery/v2.0/keys');
  });

  it.each([
    [{ iss: 'https://as.example.com' }],
    [{ iss: 'https://sts.windows.net.evil.example/x/' }],
    [{ iss: 7 }],
    [{}],
  ])('does not exist for other tokens: %j', (claims) => {
    expect(tokenHint('issuer_unknown', claims as never, {})).toBeUndefined();
    expect(tokenHint('signature_invalid', claims as never, { nonce: 'x' })).toBeUndefined();
  });

  it('contains nothing from the token', () => {
    expect(tokenHint('issuer_unknown', { iss: v1 }, {})).not.toContain(tid);
    expect(tokenHint('issuer_unknown', { iss: v2 }, {})).not.toContain(tid);
  });
});
