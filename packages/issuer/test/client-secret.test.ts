import { ConfigurationError } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { generateClientSecret, hashClientSecret, schemeFor } from '../src/client-secret.ts';
import { matchesHash, parseSecretHash } from '../src/secret-hash.ts';
import { rejection } from './fixtures.ts';

async function matches(secret: string, stored: string): Promise<boolean> {
  const hash = parseSecretHash(stored);
  return hash !== undefined && (await matchesHash(secret, hash));
}

describe('generateClientSecret', () => {
  it('makes 256 random bits and their hash', async () => {
    const { secret, hash } = generateClientSecret();
    expect(Buffer.from(secret.slice('authly_cs_'.length), 'base64url')).toHaveLength(32);
    expect(hash).toMatch(/^\$sha256\$/);
    expect(await matches(secret, hash)).toBe(true);
    expect(await matches(generateClientSecret().secret, hash)).toBe(false);
  });

  it('makes secrets that need no encoding in a form', () => {
    for (let i = 0; i < 50; i += 1) {
      const { secret } = generateClientSecret();
      expect(new URLSearchParams({ secret }).toString()).toBe(`secret=${secret}`);
    }
  });
});

describe('hashClientSecret', () => {
  it('hashes a generated secret fast and any other slowly', async () => {
    const { secret } = generateClientSecret();
    const fast = await hashClientSecret(secret);
    const slow = await hashClientSecret('chosen by a person');
    expect([fast.split('$')[1], slow.split('$')[1]]).toEqual(['sha256', 'scrypt']);
    expect(await matches(secret, fast)).toBe(true);
    expect(await matches('chosen by a person', slow)).toBe(true);
  });

  it('refuses a secret that is missing', async () => {
    await expect(hashClientSecret(undefined as never)).rejects.toThrow(
      "takes the secret as text. Write: await hashClientSecret(process.env.SECRET ?? '')",
    );
  });

  it('refuses a secret that can be guessed, without quoting it', async () => {
    const error = await rejection(hashClientSecret('hunter2'));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(String(error)).not.toContain('hunter2');
  });
});

describe('schemeFor', () => {
  it.each([
    'authly_cs_',
    `authly_cs_${'a'.repeat(42)}`,
    `authly_cs_${'a'.repeat(44)}`,
    `x${'a'.repeat(43)}`,
    '',
  ])('treats %j as a chosen secret', (secret) => {
    expect(schemeFor(secret)).toBe('scrypt');
  });
});
