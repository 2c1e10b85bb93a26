import { strict as assert } from 'node:assert';
import { createHash, randomUUID } from 'node:crypto';
import type { Clock, RevocationMark, RevocationQuery, Revocations } from '@authly/core';

/** What a store is to be opened with. */
export interface RevocationContractSettings {
  readonly retainSec: number;
  readonly toleranceSec: number;
}

/** A store under test, with the means to test it. */
export interface RevocationsUnderTest {
  readonly revocations: Revocations;
  /** Another way to the same store, as a second process has it. Default: the store itself. */
  readonly other?: Revocations;
  /** The clock by which the store makes marks. */
  readonly clock: Clock;
  /** Lets time pass for the store: moves its clock, or waits. */
  advance(ms: number): void | Promise<void>;
  /** How long the second process may take to see what the first one did, in milliseconds. Default 0. */
  readonly seenWithinMs?: number;
  /** Ends what was opened. */
  close?(): void | Promise<void>;
}

/** One thing that a store of revocations must do. */
export interface Statement {
  /** Options of the store. Default: marks last longer than the case, and clocks do not differ. */
  readonly settings?: RevocationContractSettings;
  holds(subject: RevocationsUnderTest): Promise<void>;
}

const STEP_MS = 20;

/** Each way to revoke a token, with the claim of another token that this does not revoke. */
export const WAYS: Readonly<
  Record<
    string,
    {
      revoke(store: Revocations, token: Token, issuedBefore?: number): Promise<RevocationMark>;
      readonly apart: (token: Token) => Partial<RevocationQuery>;
    }
  >
> = {
  token: {
    revoke: (store, { issuer, tokenId }) => store.revokeToken({ issuer, tokenId }),
    apart: () => ({ tokenId: anId() }),
  },
  'token without jti': {
    revoke: (store, { text }) => store.revokeToken({ token: text }),
    apart: () => ({ tokenDigest: anId() }),
  },
  session: {
    revoke: (store, { issuer, sessionId }, issuedBefore) =>
      store.revokeSession({ issuer, sessionId }, { issuedBefore }),
    apart: () => ({ sessionId: anId() }),
  },
  subject: {
    revoke: (store, { issuer, subject }, issuedBefore) =>
      store.revokeSubject({ issuer, subject }, { issuedBefore }),
    apart: () => ({ subject: anId() }),
  },
  principal: {
    revoke: (store, { principalKey }, issuedBefore) =>
      store.revokePrincipal(principalKey, { issuedBefore }),
    apart: () => ({ principalKey: `user:${anId()}` }),
  },
  client: {
    revoke: (store, { issuer, clientId }, issuedBefore) =>
      store.revokeClient({ issuer, clientId }, { issuedBefore }),
    apart: () => ({ clientId: anId() }),
  },
  issuer: {
    revoke: (store, { issuer }, issuedBefore) => store.revokeIssuer({ issuer }, { issuedBefore }),
    apart: () => ({ issuers: [anId()] }),
  },
};

/** Waits until the second process sees something, for as long as it may take. */
export async function eventually(
  { seenWithinMs = 0, advance }: Pick<RevocationsUnderTest, 'seenWithinMs' | 'advance'>,
  holds: () => Promise<boolean>,
  name = '',
): Promise<void> {
  for (let waitedMs = 0; !(await holds()); waitedMs += STEP_MS) {
    assert.ok(
      waitedMs < seenWithinMs,
      `the expectation does not hold within ${seenWithinMs} ms: ${name}`,
    );
    await advance(STEP_MS);
  }
}

/** The store's answer, which must be exactly `true` or `false`. */
export async function isRevoked(store: Revocations, token: RevocationQuery): Promise<boolean> {
  const answer = await store.isRevoked({ ...token }, { signal: AbortSignal.timeout(10_000) });
  assert.equal(typeof answer, 'boolean', 'an answer is true or false itself');
  return answer;
}

/** A token, and what it consists of. */
export interface Token extends RevocationQuery {
  readonly text: string;
  readonly issuer: string;
  readonly tokenId: string;
  readonly sessionId: string;
  readonly subject: string;
  readonly clientId: string;
}

/** A token that nobody else has. */
export function aToken(clock: Clock): Token {
  const [issuer, text] = [`https://${anId()}.example`, anId()];
  const now = Math.floor(clock.now() / 1_000);
  return {
    text,
    issuer,
    issuers: [issuer],
    tokenId: anId(),
    tokenDigest: createHash('sha256').update(text).digest('base64url'),
    sessionId: anId(),
    subject: anId(),
    principalKey: `user:${anId()}`,
    clientId: anId(),
    issuedAt: now,
    expiresAt: now + 600,
  };
}

/** An id that nobody else has. */
export function anId(): string {
  return randomUUID();
}
