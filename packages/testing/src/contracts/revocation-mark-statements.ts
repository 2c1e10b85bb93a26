import { strict as assert } from 'node:assert';
import { anId, aToken, isRevoked, type Statement, WAYS } from './revocation-subject.ts';

/** The marks that refuse all tokens issued before a time, and not only one token. */
const DATED = Object.entries(WAYS).filter(([name]) => !name.startsWith('token'));

/** Which tokens a mark refuses, and for how long. */
export const MARK_STATEMENTS: Readonly<Record<string, Statement>> = {
  ...Object.fromEntries(
    Object.entries(WAYS).map(([name, { revoke, apart }]): [string, Statement] => [
      `refuses the tokens to which a mark applies, and no others: ${name}`,
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

  'does not apply a mark to the same id of another issuer': {
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

  'does not apply a mark to the same id of another kind': {
    async holds({ revocations, clock }) {
      const [issuer, id] = [anId(), anId()];
      await revocations.revokeSession({ issuer, sessionId: id });
      const token = { ...aToken(clock), issuers: [issuer] };
      const others = { tokenId: id, subject: id, clientId: id, principalKey: `user:${id}` };
      assert.equal(await isRevoked(revocations, { ...token, ...others }), false);
      assert.equal(await isRevoked(revocations, { ...token, sessionId: id }), true);
    },
  },

  'finds a mark for any form of the issuer': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      await WAYS['subject']?.revoke(revocations, token);
      const issuers = [anId(), token.issuer];
      assert.equal(await isRevoked(revocations, { ...token, issuers }), true);
    },
  },

  'refuses a token of a revoked principal that has no jti, session, subject or client': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      const lacks = undefined;
      const bare = { ...token, tokenId: lacks, sessionId: lacks, subject: lacks, clientId: lacks };
      assert.equal(await isRevoked(revocations, bare), false);
      await WAYS['principal']?.revoke(revocations, token);
      assert.equal(await isRevoked(revocations, bare), true);
    },
  },

  'refuses tokens of the second of a mark, and accepts those of the next second': {
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

  'refuses a single revoked token, whenever it was issued': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      await revocations.revokeToken({ issuer: token.issuer, tokenId: token.tokenId });
      const issuedAt = clock.now() / 1_000 + 3_000;
      assert.equal(await isRevoked(revocations, { ...token, issuedAt }), true);
    },
  },

  'refuses a token without iat while there is a mark': {
    async holds({ revocations, clock }) {
      for (const [name, { revoke }] of DATED) {
        const token = { ...aToken(clock), issuedAt: undefined };
        assert.equal(await isRevoked(revocations, token), false, name);
        await revoke(revocations, token, clock.now() / 1_000 - 3_000);
        assert.equal(await isRevoked(revocations, token), true, name);
      }
    },
  },

  'extends a mark that is made now into the future by the tolerance': {
    settings: { retainSec: 3_600, toleranceSec: 30 },
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      const before = Math.floor(clock.now() / 1_000);
      const { issuedBefore = 0 } = await revocations.revokePrincipal(token.principalKey);
      assert.ok(issuedBefore >= before + 30, 'the mark reaches as far as clocks may differ');
      const at = (issuedAt: number) => isRevoked(revocations, { ...token, issuedAt });
      assert.equal(await at(issuedBefore), true);
      assert.equal(await at(issuedBefore + 1), false);
    },
  },

  'limits a mark to a minute in the future': {
    async holds({ revocations, clock }) {
      const token = aToken(clock);
      await revocations.revokePrincipal(token.principalKey, { issuedBefore: 9e12 });
      const issuedAt = Math.ceil(clock.now() / 1_000) + 61;
      assert.equal(await isRevoked(revocations, { ...token, issuedAt }), false);
    },
  },

  'keeps a mark until every token to which it applies has expired, and no longer': {
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
      assert.ok(!listed.some((mark) => mark.id === id), 'the mark is not listed either');
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
      assert.ok(second.keptUntil > first.keptUntil, 'the mark is kept from then on');
      await advance(first.keptUntil * 1_000 - clock.now() + 100);
      assert.equal(await isRevoked(revocations, token), true);
    },
  },

  'shows no id and no token in its marks': {
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
