import { randomBytes, scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  decoyHash,
  hashWithScrypt,
  hashWithSha256,
  matchesHash,
  parseSecretHash,
  type SecretHash,
} from '../src/secret-hash.ts';

const b64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '');

/**
 * A scrypt hash in the form that another implementation would write, with little work, for tests.
 */
function foreignScryptHash(secret: string, ln = 10, r = 8, p = 1): string {
  const salt = randomBytes(16);
  const digest = scryptSync(secret, salt, 32, { N: 2 ** ln, r, p });
  return `$scrypt$ln=${ln},r=${r},p=${p}$${b64(salt)}$${b64(digest)}`;
}

function parsed(stored: string): SecretHash {
  const hash = parseSecretHash(stored);
  if (hash === undefined) throw new Error('not a hash');
  return hash;
}

describe('matchesHash', () => {
  it.each([
    ['sha256', async (secret: string) => hashWithSha256(secret)],
    ['scrypt', hashWithScrypt],
    ['foreign scrypt', async (secret: string) => foreignScryptHash(secret)],
  ])('accepts the secret of a %s hash and no other', async (_, hashOf) => {
    const hash = parsed(await hashOf('correct horse battery'));
    expect(await matchesHash('correct horse battery', hash)).toBe(true);
    expect(await matchesHash('correct horse batterY', hash)).toBe(false);
    expect(await matchesHash('correct horse battery ', hash)).toBe(false);
    expect(await matchesHash('', hash)).toBe(false);
  });

  it('hashes with a salt, so one secret has different hashes', () => {
    expect(hashWithSha256('secret')).not.toBe(hashWithSha256('secret'));
  });

  it('accepts no secret for a decoy', async () => {
    expect(await matchesHash('anything', decoyHash('sha256'))).toBe(false);
    expect(decoyHash('scrypt')).toMatchObject({ scheme: 'scrypt', ln: 14, r: 8, p: 5 });
  });
});

describe('parseSecretHash', () => {
  const salt = b64(randomBytes(16));
  const digest = b64(randomBytes(32));

  it.each([
    '',
    'secret in clear',
    `$sha256$${salt}`,
    `$sha256$${salt}$${digest}$`,
    `$sha256$${salt}$${digest.slice(1)}`,
    `$sha256$${salt}$${digest}\n`,
    `$sha512$${salt}$${digest}`,
    `$2b$10$${salt}$${digest}`,
    `$scrypt$${salt}$${digest}`,
    `$scrypt$ln=9,r=8,p=1$${salt}$${digest}`,
    `$scrypt$ln=16,r=8,p=1$${salt}$${digest}`,
    `$scrypt$ln=15,r=9,p=1$${salt}$${digest}`,
    `$scrypt$ln=15,r=8,p=11$${salt}$${digest}`,
    `$scrypt$ln=15,r=0,p=1$${salt}$${digest}`,
    `$scrypt$ln=15,r=8,p=0$${salt}$${digest}`,
    undefined,
    17,
  ])('refuses %j', (stored) => {
    expect(parseSecretHash(stored)).toBeUndefined();
  });

  it('accepts a hash with the greatest allowed work', () => {
    expect(parseSecretHash(`$scrypt$ln=15,r=8,p=10$${salt}$${digest}`)).toMatchObject({ ln: 15 });
  });

  it('can compute a hash with the greatest allowed memory', async () => {
    const hash = parsed(foreignScryptHash('a secret of old', 10, 8, 10));
    expect(await matchesHash('a secret of old', { ...hash, ...{ ln: 15, r: 8, p: 1 } })).toBe(
      false,
    );
  });
});
