import { strict as assert } from 'node:assert';
import { createHash, randomUUID } from 'node:crypto';
import type { Clock, RevocationMark, RevocationQuery, Revocations } from '@authly/core';
import type { ContractCase } from './contract-case.ts';

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

/** Long enough that nothing ends by itself while a case runs on a slow machine. */
const SETTINGS: RevocationContractSettings = { retainSec: 3_600, toleranceSec: 0 };
const AT_ONCE = 50;
const STEP_MS = 20;

/**
 * What every store of revocations has to hold, as cases for any test runner. `open` gives a store for one
 * case; several cases may share what stands behind it, since each makes ids of its own.
 *
 * ```ts
 * describe('my store of revocations', () => {
 *   for (const { name, run } of revocationStoreContract(openMyStore)) it(name, run);
 * });
 * ```
 *
 * It does not prove how much a store can hold, nor what it does while its server is down: a store that
 * cannot answer rejects, and a mark that may not be there makes what revokes reject.
 */
export function revocationStoreContract(
  open: (
    settings: RevocationContractSettings,
  ) => RevocationsUnderTest | Promise<RevocationsUnderTest>,
): readonly ContractCase[] {
  return Object.entries(STATEMENTS).map(([name, { settings = SETTINGS, holds }]) => ({
    name,
    async run() {
      const subject = await open(settings);
      try {
        await holds(subject);
      } finally {
        await subject.close?.();
      }
    },
  }));
}

interface Statement {
  readonly settings?: RevocationContractSettings;
  holds(subject: RevocationsUnderTest): Promise<void>;
}

/** Each way to stop a token, and what a token has in its place that is not stopped. */
const WAYS: Readonly<
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
    apart: () => ({ principalKey: anId() }),
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

/** The marks that say until when tokens are refused, and not one token. */
const DATED = Object.entries(WAYS).filter(([name]) => !name.startsWith('token'));

const STATEMENTS: Readonly<Record<string, Statement>> = {
  ...Object.fromEntries(
    Object.entries(WAYS).map(([name, { revoke, apart }]): [string, Statement] => [
      `refuses what a mark is on, and nothing else: ${name}`,
      {
        async holds({ revocations, clock }) {
          const token = aToken(clock);
          assert.equal(await isRevoked(revocations, token), false);
          await revoke(revocations, token);
          assert.equal(await isRevoked(revocations, token), true);
          assert.equal(await isRevoked(revocations, { ...token, ...apart(token) }), false);
          assert.equal(await isRevoked(revocations, aToken(clock)), false);
        },
      },
    ]),
  ),

  'keeps what has the same name at two issuers apart': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      const elsewhere = { ...token, issuers: [anId()] };
      for (const name of ['token', 'session', 'subject', 'client', 'issuer']) {
        await WAYS[name]?.revoke(revocations, token);
      }
      assert.equal(await isRevoked(revocations, token), true);
      assert.equal(await isRevoked(revocations, elsewhere), false);
    },
  },

  'keeps kinds apart, though their ids be equal': {
    async holds({ revocations, clock }) {
      const [issuer, id] = [anId(), anId()];
      await revocations.revokeSession({ issuer, sessionId: id });
      const token = { ...aToken(clock), issuers: [issuer] };
      const others = { tokenId: id, subject: id, clientId: id, principalKey: id };
      assert.equal(await isRevoked(revocations, { ...token, ...others }), false);
      assert.equal(await isRevoked(revocations, { ...token, sessionId: id }), true);
    },
  },

  'asks under each form of an issuer': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      await WAYS['subject']?.revoke(revocations, token);
      const issuers = [anId(), token.issuer];
      assert.equal(await isRevoked(revocations, { ...token, issuers }), true);
    },
  },

  'knows a token that has neither jti, session, subject nor client': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      const lacks = undefined;
      const bare = { ...token, tokenId: lacks, sessionId: lacks, subject: lacks, clientId: lacks };
      assert.equal(await isRevoked(revocations, bare), false);
      await WAYS['principal']?.revoke(revocations, token);
      assert.equal(await isRevoked(revocations, bare), true);
    },
  },

  'refuses tokens of the very second of a mark, and accepts those of the next one': {
    async holds({ revocations, clock }) {
      const second = Math.floor(clock.now() / 1_000);
      for (const [name, { revoke }] of DATED) {
        const token = aToken(clock);
        await revoke(revocations, token, second + 0.4);
        const at = (issuedAt: number) => isRevoked(revocations, { ...token, issuedAt });
        assert.equal(await at(second - 100), true, name);
        assert.equal(await at(second), true, name);
        assert.equal(await at(second + 0.9), true, name);
        assert.equal(await at(second + 1), false, name);
      }
    },
  },

  'refuses one token whenever it was issued': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      await revocations.revokeToken({ issuer: token.issuer, tokenId: token.tokenId });
      const issuedAt = clock.now() / 1_000 + 3_000;
      assert.equal(await isRevoked(revocations, { ...token, issuedAt }), true);
    },
  },

  'refuses a token that does not say when it was issued, while there is a mark': {
    async holds({ revocations, clock }) {
      for (const [name, { revoke }] of DATED) {
        const token = { ...aToken(clock), issuedAt: undefined };
        assert.equal(await isRevoked(revocations, token), false, name);
        await revoke(revocations, token, clock.now() / 1_000 - 3_000);
        assert.equal(await isRevoked(revocations, token), true, name);
      }
    },
  },

  'puts a mark that is made now forward by the tolerance': {
    settings: { retainSec: 3_600, toleranceSec: 30 },
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      const before = Math.floor(clock.now() / 1_000);
      const { issuedBefore = 0 } = await revocations.revokePrincipal(token.principalKey);
      assert.ok(issuedBefore >= before + 30, 'it reaches as far as clocks may differ');
      const at = (issuedAt: number) => isRevoked(revocations, { ...token, issuedAt });
      assert.equal(await at(issuedBefore), true);
      assert.equal(await at(issuedBefore + 1), false);
    },
  },

  'lets no mark reach further than a minute ahead': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      await revocations.revokePrincipal(token.principalKey, { issuedBefore: 9e12 });
      const issuedAt = Math.ceil(clock.now() / 1_000) + 61;
      assert.equal(await isRevoked(revocations, { ...token, issuedAt }), false);
    },
  },

  'only ever moves a mark forward, also when many are made at once': {
    async holds(subject) {
      const { revocations, other = revocations, clock } = subject;
      const token = aToken(clock);
      const second = Math.floor(clock.now() / 1_000);
      const early = Array.from({ length: AT_ONCE }, (_, index) => second - index - 1);
      const times = [...early.slice(0, AT_ONCE / 2), second, ...early.slice(AT_ONCE / 2)];
      await Promise.all(
        times.map((issuedBefore, index) =>
          (index % 2 === 0 ? revocations : other).revokePrincipal(token.principalKey, {
            issuedBefore,
          }),
        ),
      );
      const late = await revocations.revokePrincipal(token.principalKey, {
        issuedBefore: second - 1_000,
      });
      assert.equal(late.issuedBefore, second);
      await eventually(subject, () => isRevoked(revocations, { ...token, issuedAt: second }));
      const next = { ...token, issuedAt: second + 1 };
      assert.equal(await isRevoked(revocations, next), false);
    },
  },

  'keeps a mark until every token that it is on has expired, and no longer': {
    settings: { retainSec: 2, toleranceSec: 0 },
    async holds({ revocations, clock, advance }) {
      const token = { ...aToken(clock), issuedAt: undefined };
      const { id, keptUntil } = await revocations.revokePrincipal(token.principalKey);
      const leftMs = keptUntil * 1_000 - clock.now();
      assert.ok(leftMs > 2_000, 'a mark is kept for longer than a token lives');
      await advance(1_000);
      assert.equal(await isRevoked(revocations, token), true);
      await advance(leftMs);
      assert.equal(await isRevoked(revocations, token), false);
      const listed = await revocations.list();
      assert.ok(!listed.some((mark) => mark.id === id), 'it is not listed either');
    },
  },

  'keeps a mark for longer when it is made again': {
    settings: { retainSec: 2, toleranceSec: 0 },
    async holds({ revocations, clock, advance }) {
      const token = aToken(clock);
      const revoke = () => revocations.revokeToken({ token: token.text });
      const first = await revoke();
      await advance(1_500);
      const second = await revoke();
      assert.ok(second.keptUntil > first.keptUntil, 'it is kept from then on');
      await advance(first.keptUntil * 1_000 - clock.now() + 100);
      assert.equal(await isRevoked(revocations, token), true);
    },
  },

  'is one for every process that shares it': {
    async holds(subject) {
      const { revocations, other = revocations, clock } = subject;
      for (const [name, { revoke }] of Object.entries(WAYS)) {
        const token = aToken(clock);
        await revoke(revocations, token);
        await eventually(subject, () => isRevoked(other, token), name);
      }
    },
  },

  'lists each mark as it is kept, and forgets one that is cleared, in every process': {
    async holds(subject) {
      const { revocations, other = revocations, clock } = subject;
      for (const [name, { revoke }] of Object.entries(WAYS)) {
        const token = aToken(clock);
        const mark = await revoke(revocations, token);
        const listed = (await revocations.list()).filter(({ id }) => id === mark.id);
        assert.deepEqual(listed, [mark], name);
        await eventually(subject, () => isRevoked(other, token), name);
        assert.equal(await revocations.clear(mark), true, name);
        assert.equal(await isRevoked(revocations, token), false, name);
        await eventually(subject, async () => !(await isRevoked(other, token)), name);
        assert.equal(await revocations.clear(mark), false, name);
      }
    },
  },

  'clears what a mark is on, by its name': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      const { issuer, subject } = token;
      await revocations.revokeSubject({ issuer, subject });
      assert.equal(await revocations.clear({ kind: 'subject', issuer: anId(), subject }), false);
      assert.equal(await isRevoked(revocations, token), true);
      assert.equal(await revocations.clear({ kind: 'subject', issuer, subject }), true);
      assert.equal(await isRevoked(revocations, token), false);
    },
  },

  'tells who subscribes of each mark once, whoever makes it, until that is ended': {
    async holds(subject) {
      const { revocations, other = revocations } = subject;
      if (revocations.subscribe === undefined) return;
      const heard: string[] = [];
      const end = revocations.subscribe(({ id }) => heard.push(id));
      const here = await revocations.revokePrincipal(anId());
      const there = await other.revokePrincipal(anId());
      for (const { id } of [here, there]) {
        await eventually(subject, async () => heard.includes(id));
      }
      await subject.advance(STEP_MS);
      const ours = heard.filter((id) => id === here.id || id === there.id);
      assert.deepEqual(ours.sort(), [here.id, there.id].sort());
      end();
      const after = await revocations.revokePrincipal(anId());
      await subject.advance(subject.seenWithinMs ?? STEP_MS);
      assert.ok(!heard.includes(after.id), 'it hears nothing after it ended that');
    },
  },

  'shows nobody’s id and no token in its marks': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      for (const { revoke } of Object.values(WAYS)) {
        const text = JSON.stringify(await revoke(revocations, token));
        for (const value of [token.text, token.subject, token.sessionId, token.issuer]) {
          assert.ok(!text.includes(value), 'ids are digests');
        }
      }
    },
  },
};

async function eventually(
  { seenWithinMs = 0, advance }: Pick<RevocationsUnderTest, 'seenWithinMs' | 'advance'>,
  holds: () => Promise<boolean>,
  name = '',
): Promise<void> {
  for (let waitedMs = 0; !(await holds()); waitedMs += STEP_MS) {
    assert.ok(waitedMs < seenWithinMs, `it is not so within ${seenWithinMs} ms: ${name}`);
    await advance(STEP_MS);
  }
}

async function isRevoked(store: Revocations, token: RevocationQuery): Promise<boolean> {
  const answer = await store.isRevoked({ ...token }, { signal: AbortSignal.timeout(10_000) });
  assert.equal(typeof answer, 'boolean', 'an answer is true or false itself');
  return answer;
}

/** A token that nobody else has, and what it consists of. */
interface Token extends RevocationQuery {
  readonly text: string;
  readonly issuer: string;
  readonly tokenId: string;
  readonly sessionId: string;
  readonly subject: string;
  readonly clientId: string;
}

function aToken(clock: Clock): Token {
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

function anId(): string {
  return randomUUID();
}
