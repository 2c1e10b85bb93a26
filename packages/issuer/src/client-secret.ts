import { randomBytes } from 'node:crypto';
import { ConfigurationError } from '@authly/core';
import { hashWithScrypt, hashWithSha256, type SecretHash } from './secret-hash.ts';

/** A new secret, to be shown to its owner once, and what to store of it. */
export interface GeneratedClientSecret {
  readonly secret: string;
  readonly hash: string;
}

/** So that a leaked secret can be recognized in code and logs by a scanner. */
const PREFIX = 'authly_cs_';

/** 32 bytes in base64url. */
const GENERATED = /^authly_cs_[A-Za-z0-9_-]{43}$/;

/** A shorter secret can be guessed, however slow the hash is. */
const MIN_CHOSEN_LENGTH = 16;

/**
 * A new client secret of 256 random bits, and its hash. The characters need no encoding in a form or in HTTP
 * Basic, so clients that forget to encode work too.
 *
 * The hash is one round of salted SHA-256: nobody can try 2²⁵⁶ secrets, so a slow hash would not
 * protect anything, and anybody could keep the token endpoint busy.
 */
export function generateClientSecret(): GeneratedClientSecret {
  const secret = PREFIX + randomBytes(32).toString('base64url');
  return { secret, hash: hashWithSha256(secret) };
}

/**
 * The hash to store for a secret that exists already. One of {@link generateClientSecret} gets
 * salted SHA-256; any other may have been chosen by a person and gets scrypt, about a quarter of a
 * second of a core for each attempt. Prefer generated secrets.
 *
 * @throws ConfigurationError when the secret is no text, or has fewer than 16 characters.
 */
export async function hashClientSecret(secret: string): Promise<string> {
  if (typeof secret !== 'string') {
    throw new ConfigurationError(
      "hashClientSecret() takes the secret as text. Write: await hashClientSecret(process.env.SECRET ?? '')",
    );
  }
  if (schemeFor(secret) === 'sha256') return hashWithSha256(secret);
  if (secret.length < MIN_CHOSEN_LENGTH) {
    throw new ConfigurationError(
      `A client secret needs at least ${MIN_CHOSEN_LENGTH} characters; better use generateClientSecret()`,
    );
  }
  return hashWithScrypt(secret);
}

/**
 * Only the form of a secret decides how it is hashed. So the work for an attempt depends on what was sent,
 * never on whether the client exists or how its secret is stored.
 */
export function schemeFor(secret: string): SecretHash['scheme'] {
  return GENERATED.test(secret) ? 'sha256' : 'scrypt';
}
