import { describe, expect, it } from 'vitest';
import { refusalHint } from '../../src/pipeline/refusal-hint.ts';

const JWT = 'a.b.c';

describe('refusalHint', () => {
  it('recognizes an encrypted and an opaque token, and has no hint for a broken JWT', () => {
    const of = (token: string) =>
      refusalHint({ reason: 'token_malformed', fault: undefined }, token, undefined);
    expect(of('a.b.c.d.e')).toMatch(/five parts.*\(JWE\), or an opaque token/);
    for (const token of ['opaque', 'a.b', 'a.b.c.d']) expect(of(token)).toMatch(/opaque tokens/);
    for (const token of ['', JWT]) expect(of(token)).toBeUndefined();
  });

  it('says whether typ is absent or different, and shows the option types', () => {
    const expectedTypes = ['at+jwt', 'jwt'];
    const of = (fault: object) =>
      refusalHint({ reason: 'type_not_accepted', fault }, JWT, 'rfc9068');
    expect(of({ expectedTypes, typeAbsent: true })).toMatch(
      /^The token has no typ; accepted is at\+jwt or jwt\..*types: \{ accepted: \['at\+jwt'\], optional: true \}/,
    );
    expect(of({ expectedTypes })).toMatch(/^The token has another typ; accepted is at\+jwt/);
    expect(of({})).toMatch(/not an access token, but for example an ID token/);
  });

  it('names the list on which the caller is missing', () => {
    const of = (preset?: string) =>
      refusalHint({ reason: 'caller_not_listed', fault: undefined }, JWT, preset);
    expect(of('cognito')).toContain('the list that cognito() was given');
    expect(of()).toContain('the list that the preset was given');
  });

  it.each([
    [
      'keycloak',
      /^aud must name 'https:\/\/api' or 'urn:b'\. Keycloak: .*mapper of the type Audience/,
    ],
    ['hydra', /Hydra: .*audience of the OAuth 2\.0 client.*parameter audience/],
    ['spring', /Spring Authorization Server: .*OAuth2TokenCustomizer/],
    ['rfc9068', /^aud must name 'https:\/\/api' or 'urn:b'\.$/],
    ['toString', /^aud must name 'https:\/\/api' or 'urn:b'\.$/],
    [undefined, /^aud must name 'https:\/\/api' or 'urn:b'\.$/],
  ])('says what to set at %s for a wrong or missing audience', (preset, text) => {
    const expectedAudience = ['https://api', 'urn:b'];
    const another = { reason: 'audience_mismatch', fault: { expectedAudience } } as const;
    expect(refusalHint(another, JWT, preset)).toMatch(text);
    const none = { reason: 'claim_missing', fault: { claim: 'aud', expectedAudience } } as const;
    expect(refusalHint(none, JWT, preset)).toMatch(text);
  });

  it('names the claim that is missing or has the wrong type', () => {
    const of = (reason: 'claim_missing' | 'claim_malformed', claim?: string) =>
      refusalHint({ reason, fault: claim === undefined ? {} : { claim } }, JWT, 'rfc9068');
    expect(of('claim_missing', 'jti')).toBe('The token lacks jti.');
    expect(of('claim_malformed', 'roles')).toBe('roles has the wrong type.');
    expect(of('claim_malformed')).toBeUndefined();
  });

  it('has no hint for an expired token', () => {
    expect(refusalHint({ reason: 'expired', fault: undefined }, JWT, 'rfc9068')).toBeUndefined();
  });
});
