import { strict as assert } from 'node:assert';
import { anId, aToken, eventually, isRevoked, type Statement, WAYS } from './revocation-subject.ts';

const AT_ONCE = 50;
const STEP_MS = 20;

/** What several processes that share a store see of each other. */
export const SHARED_REVOCATION_STATEMENTS: Readonly<Record<string, Statement>> = {
  'moves a mark only forward, also when many are made at the same time': {
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

  'is shared by every process that uses it': {
    async holds(subject) {
      const { revocations, other = revocations, clock } = subject;
      for (const [name, { revoke }] of Object.entries(WAYS)) {
        const token = aToken(clock);
        await revoke(revocations, token);
        await eventually(subject, () => isRevoked(other, token), name);
      }
    },
  },

  'lists each mark as it is kept, and forgets a cleared one in every process': {
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

  'clears a mark that is described by its target': {
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

  'calls a subscriber once for each mark of every process, until the subscription ends': {
    async holds(subject) {
      const { revocations, other = revocations } = subject;
      if (revocations.subscribe === undefined) return;
      const heard: string[] = [];
      const end = revocations.subscribe(({ id }) => heard.push(id));
      const here = await revocations.revokePrincipal(`user:${anId()}`);
      const there = await other.revokePrincipal(`user:${anId()}`);
      for (const { id } of [here, there]) {
        await eventually(subject, async () => heard.includes(id));
      }
      await subject.advance(STEP_MS);
      const ours = heard.filter((id) => id === here.id || id === there.id);
      assert.deepEqual(ours.sort(), [here.id, there.id].sort());
      end();
      const after = await revocations.revokePrincipal(`user:${anId()}`);
      await subject.advance(subject.seenWithinMs ?? STEP_MS);
      assert.ok(!heard.includes(after.id), 'it hears nothing after its subscription has ended');
    },
  },
};
