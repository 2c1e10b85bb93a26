import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * How a client's secret is stored. The string form is `$sha256$…` or `$scrypt$…`, as PHC strings
 * are.
 */
export type SecretHash = {
  readonly salt: Buffer;
  readonly digest: Buffer;
} & ({ readonly scheme: 'sha256' } | ({ readonly scheme: 'scrypt' } & ScryptCost));

/** The work of one scrypt (RFC 7914 §2). */
export interface ScryptCost {
  /** log2 of N; memory is 1 KiB · r · N / 8. */
  readonly ln: number;
  readonly r: number;
  readonly p: number;
}

/** One of OWASP's recommended settings: 16 MiB, about a tenth of a second of one core. */
export const SCRYPT_COST: ScryptCost = { ln: 14, r: 8, p: 5 };

// A stored hash decides how much work an unauthenticated request causes: 32 MiB at most.
const MAX_COST: ScryptCost = { ln: 15, r: 8, p: 10 };
const MIN_LN = 10;

const SALT_BYTES = 16;
const DIGEST_BYTES = 32;

const FORM =
  /^\$(?:(sha256)|(scrypt)\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2}))\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/**
 * Reads a stored hash; `undefined` when it is malformed, or asks for more work than is
 * allowed.
 */
export function parseSecretHash(stored: unknown): SecretHash | undefined {
  const match = typeof stored === 'string' ? FORM.exec(stored) : null;
  if (match === null) return undefined;
  const [, sha256, , ln, r, p, salt = '', digest = ''] = match;
  const parts = { salt: Buffer.from(salt, 'base64'), digest: Buffer.from(digest, 'base64') };
  if (sha256 !== undefined) return { scheme: 'sha256', ...parts };
  const cost: ScryptCost = { ln: Number(ln), r: Number(r), p: Number(p) };
  return isBearable(cost) ? { scheme: 'scrypt', ...cost, ...parts } : undefined;
}

/** Hashes with one round of salted SHA-256: for 256-bit random secrets, which nobody can guess. */
export function hashWithSha256(secret: string): string {
  const salt = randomBytes(SALT_BYTES);
  return `$sha256$${encode(salt)}$${encode(sha256Digest(secret, salt))}`;
}

/** Hashes with scrypt, off the main thread: for secrets that a person may have chosen. */
export async function hashWithScrypt(secret: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const { ln, r, p } = SCRYPT_COST;
  const digest = await scryptDigest(secret, salt, SCRYPT_COST);
  return `$scrypt$ln=${ln},r=${r},p=${p}$${encode(salt)}$${encode(digest)}`;
}

/**
 * Whether the secret is the hashed one; compared in constant time. Scrypt runs off the main thread.
 */
export async function matchesHash(secret: string, hash: SecretHash): Promise<boolean> {
  const digest =
    hash.scheme === 'sha256'
      ? sha256Digest(secret, hash.salt)
      : await scryptDigest(secret, hash.salt, hash);
  return timingSafeEqual(digest, hash.digest);
}

/** A hash that no secret matches, so that an attempt for an unknown client costs the same work. */
export function decoyHash(scheme: SecretHash['scheme']): SecretHash {
  const parts = { salt: randomBytes(SALT_BYTES), digest: randomBytes(DIGEST_BYTES) };
  return scheme === 'sha256' ? { scheme, ...parts } : { scheme, ...SCRYPT_COST, ...parts };
}

function isBearable({ ln, r, p }: ScryptCost): boolean {
  return (
    ln >= MIN_LN && ln <= MAX_COST.ln && r >= 1 && r <= MAX_COST.r && p >= 1 && p <= MAX_COST.p
  );
}

function sha256Digest(secret: string, salt: Buffer): Buffer {
  return createHash('sha256').update(salt).update(secret).digest();
}

function scryptDigest(secret: string, salt: Buffer, { ln, r, p }: ScryptCost): Promise<Buffer> {
  const N = 2 ** ln;
  // Node counts the table, the p blocks and a little more.
  const maxmem = 128 * r * (N + p) + 1024 * 1024;
  return new Promise((resolve, reject) => {
    scrypt(secret, salt, DIGEST_BYTES, { N, r, p, maxmem }, (error, digest) => {
      if (error === null) resolve(digest);
      else reject(error);
    });
  });
}

function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
