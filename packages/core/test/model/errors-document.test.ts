import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type ChallengeContext, refusalFor } from '../../src/http/refusal.ts';
import { AuthError, type AuthErrorOptions } from '../../src/model/errors.ts';
import { type AuthErrorCode, type AuthErrorReason, REASONS } from '../../src/model/reasons.ts';

const text = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');

/** What the example of each code is made of. */
const EXAMPLES: Readonly<Record<AuthErrorCode, readonly [AuthErrorReason, AuthErrorOptions?]>> = {
  missing_credentials: ['credentials_missing'],
  invalid_request: ['authorization_malformed'],
  invalid_token: ['expired'],
  insufficient_scope: ['scope_missing', { scopes: ['read:users'] }],
  insufficient_user_authentication: [
    'acr_insufficient',
    { acrValues: ['urn:acme:mfa'], maxAgeSec: 300 },
  ],
  invalid_dpop_proof: ['proof_untimely', { scheme: 'dpop' }],
  use_dpop_nonce: [
    'nonce_missing',
    { scheme: 'dpop', nonce: 'kP0cZtGfLMFyTZkqTTYRyB8Q1Xz2cJmJbH5FvQd1wqk' },
  ],
  forbidden: ['user_required'],
  temporarily_unavailable: ['keys_unavailable'],
};

const codes = Object.entries(EXAMPLES).map(([code, example]) => ({ code, example }));

/** Where proofs are accepted, the challenge of the scheme stands beside that of Bearer. */
function contextOf(details: AuthErrorOptions | undefined): ChallengeContext {
  return {
    schemes: details?.scheme === 'dpop' ? ['bearer', 'dpop'] : ['bearer'],
    proofAlgorithms: ['ES256', 'Ed25519', 'EdDSA', 'PS256', 'RS256'],
    realm: 'api',
    resourceMetadata: undefined,
  };
}

/** The text under each heading of a level, by the name that the heading holds. */
function sections(markdown: string, level: string): ReadonlyMap<string, string> {
  const parts = markdown.split(new RegExp(`^${level} \`(\\w+)\`$`, 'm')).slice(1);
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    pairs.push([parts[index] ?? '', parts[index + 1] ?? '']);
  }
  return new Map(pairs);
}

const byCode = new Map(
  [...sections(text, '##')].map(([code, body]) => [code, body.split(/^## /m)[0] ?? '']),
);

describe('docs/errors.md', () => {
  it('has a section for every code that a reason gives, and for no other', () => {
    const given = new Set(Object.values(REASONS).map(({ code }) => code));
    expect([...byCode.keys()].sort()).toEqual([...given].sort());
    expect(codes.map(({ code }) => code).sort()).toEqual([...given].sort());
  });

  it('lists every reason under its code, once, and no other', () => {
    const documented = [...byCode].flatMap(([code, body]) =>
      [...body.matchAll(/^### `(\w+)`$/gm)].map(([, reason]) => `${code}: ${reason}`),
    );
    const inCode = Object.entries(REASONS).map(([reason, { code }]) => `${code}: ${reason}`);
    expect(documented.sort()).toEqual(inCode.sort());
  });

  it.each(Object.entries(REASONS))(
    'quotes the description of %s, and says what to do',
    (reason, { description }) => {
      const body = sections(text, '###').get(reason)?.split(/^##+ /m)[0] ?? '';
      expect(body.trim().split('\n')[0]).toBe(`> ${description}`);
      expect(body).toMatch(/^\*\*Do:\*\* \S/m);
    },
  );

  it.each(codes)(
    'shows the answer of $code as it is sent',
    ({ code, example: [reason, details] }) => {
      const { status, headers, body } = refusalFor(
        new AuthError(reason, details),
        contextOf(details),
      );
      const shown = [
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
        ...Object.entries({
          'WWW-Authenticate': headers['www-authenticate'],
          'DPoP-Nonce': headers['dpop-nonce'],
          'Retry-After': headers['retry-after'],
        }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])),
        '',
        body,
      ];
      expect(byCode.get(code)).toContain(`\`\`\`http\n${shown.join('\n')}\n\`\`\``);
    },
  );

  it.each(codes)('gives the status of $code in the table', ({ code, example: [reason] }) => {
    const { status, headers } = refusalFor(new AuthError(reason), contextOf(undefined));
    const row = text.split('\n').find((line) => line.startsWith(`| [\`${code}\`]`)) ?? '';
    const [, , statusCell, challengeCell] = row.split('|').map((cell) => cell.trim());
    expect(statusCell).toBe(String(status));
    expect(challengeCell?.startsWith('none')).toBe(headers['www-authenticate'] === undefined);
  });
});
