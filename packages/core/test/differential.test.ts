import fc from 'fast-check';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import {
  AUDIENCE,
  compactJws,
  GOOD_CLAIMS,
  generateTestKey,
  ISSUER,
  NOW,
  segmentsOf,
  type TestKey,
} from '../../../test/support/tokens.ts';
import { custom } from '../src/providers/custom.ts';
import { outcomeOf } from './errors-of.ts';
import { aResourceServer } from './resource-servers.ts';

// Good tokens, changed at random: this kit and jose, under one policy, have to agree on each.

const keys: readonly TestKey[] = [
  generateTestKey('ES256', 'es'),
  generateTestKey('RS256', 'rsa'),
  generateTestKey('EdDSA', 'ed'),
];
// RFC 9864 gave EdDSA a second name, which a key without `alg` serves in jose, too.
const jwks = {
  keys: keys.map(({ publicJwk, algorithm }) =>
    algorithm === 'EdDSA' ? { ...publicJwk, alg: undefined } : publicJwk,
  ),
};
const requiredClaims = ['iss', 'aud', 'sub', 'client_id', 'iat', 'jti', 'exp'];

const server = aResourceServer({
  issuer: custom({
    issuer: ISSUER,
    jwks: JSON.parse(JSON.stringify(jwks)),
    classify: () => 'user',
    types: { accepted: ['at+jwt'], optional: false },
    requiredClaims,
  }),
  audience: AUDIENCE,
});

const joseKeys = createLocalJWKSet(JSON.parse(JSON.stringify(jwks)));

function joseAccepts(token: string): Promise<boolean> {
  return jwtVerify(token, joseKeys, {
    issuer: ISSUER,
    audience: AUDIENCE,
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'],
    typ: 'at+jwt',
    requiredClaims,
    clockTolerance: 5,
    currentDate: new Date(NOW * 1000),
  }).then(
    () => true,
    () => false,
  );
}

/** A token after lenient decoding. The reasons below are compared with it. */
interface Facts {
  readonly token: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** The bytes of both, in this order. */
  readonly parts: readonly Buffer[];
}

const es = keys[0] ?? expect.unreachable();

/** A token of the first key, rightly signed, with these changes to its claims and header. */
function changedToken(claims: object, header: object = {}): string {
  return signJson({ ...headerOf(es), ...header }, { ...GOOD_CLAIMS, ...claims }, es);
}

/**
 * Where this kit refuses what jose accepts, on purpose. Each holds for the tokens that it describes
 * alone, found here by other means than the kit's own, and shows one.
 */
const STRICTER: readonly {
  readonly why: string;
  readonly reason: string;
  readonly holds: (facts: Facts) => boolean;
  readonly example: string;
}[] = [
  {
    why: 'a byte string has one spelling: no padding, white space or stray bits (RFC 7515 §2)',
    reason: 'token_malformed',
    holds: ({ token }) => segmentsOf(token).some((part) => !isCanonical(part)),
    example: `${changedToken({})}\n`,
  },
  {
    why: 'a byte-order mark is no JSON (RFC 8259 §8.1)',
    reason: 'token_malformed',
    holds: ({ parts }) => parts.some((part) => part.subarray(0, 3).equals(Buffer.from('\uFEFF'))),
    example: compactJws(JSON.stringify(headerOf(es)), `\uFEFF${JSON.stringify(GOOD_CLAIMS)}`, es),
  },
  {
    why: 'nobody’s token is as deep: the work for a stranger is bounded',
    reason: 'token_malformed',
    holds: ({ header, claims }) => depthOf(header) > 32 || depthOf(claims) > 32,
    example: changedToken({ deep: nested(33) }),
  },
  {
    why: 'and as long (Node itself takes no longer headers)',
    reason: 'token_too_large',
    holds: ({ token }) => token.length > 16_384,
    example: changedToken({ long: 'x'.repeat(16_384) }),
  },
  {
    why: 'header parameters that would change the meaning are refused, also where jose ignores them',
    reason: 'header_unsupported',
    holds: ({ header }) =>
      ['crit', 'b64', 'zip', 'enc'].some((name) => Object.hasOwn(header, name)),
    example: changedToken({}, { b64: true, crit: ['b64'] }),
  },
  {
    why: 'claims that are strings by definition are checked to be (RFC 7519 §4.1, RFC 8693 §4.3)',
    reason: 'claim_malformed',
    holds: ({ claims }) =>
      ['sub', 'jti', 'client_id'].some((name) => typeof claims[name] !== 'string'),
    example: changedToken({ sub: 7 }),
  },
  {
    why: 'a time is finite, though JSON can spell 1e309',
    reason: 'claim_malformed',
    holds: ({ claims }) =>
      ['exp', 'nbf', 'iat'].some(
        (name) => Object.hasOwn(claims, name) && !Number.isFinite(claims[name]),
      ),
    example: compactJws(
      JSON.stringify(headerOf(es)),
      JSON.stringify(GOOD_CLAIMS).replace(/"exp":\d+/, '"exp":1e309'),
      es,
    ),
  },
  {
    why: 'an audience that is no string refuses the token, beside the right one, too',
    reason: 'claim_malformed',
    holds: ({ claims: { aud } }) =>
      Array.isArray(aud) && aud.some((each) => typeof each !== 'string'),
    example: changedToken({ aud: [AUDIENCE, 7] }),
  },
  {
    why: 'scopes are text, or a list of text',
    reason: 'claim_malformed',
    holds: ({ claims: { scope } }) =>
      typeof scope !== 'string' &&
      !(Array.isArray(scope) && scope.every((each) => typeof each === 'string')),
    example: changedToken({ scope: { a: 1 } }),
  },
  {
    why: 'a required claim that holds nothing is missing',
    reason: 'claim_missing',
    holds: ({ claims }) =>
      requiredClaims.some((name) => claims[name] === '' || claims[name] === null),
    example: changedToken({ jti: '' }),
  },
  {
    why: 'a bound token is worth nothing without its proof (RFC 7800)',
    reason: 'sender_constraint_unsupported',
    holds: ({ claims }) => Object.hasOwn(claims, 'cnf'),
    example: changedToken({ cnf: { jkt: 'x' } }),
  },
  {
    why: 'a principal’s key is made of its id, which must have UTF-8',
    reason: 'claim_malformed',
    holds: ({ claims: { sub } }) => typeof sub === 'string' && /\p{Surrogate}/u.test(sub),
    example: changedToken({ sub: 'a\ud800' }),
  },
];

function isCanonical(part: string): boolean {
  return /^[\w-]*$/.test(part) && Buffer.from(part, 'base64url').toString('base64url') === part;
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

function factsOf(token: string): Facts {
  const [header, payload] = segmentsOf(token);
  const parts = [Buffer.from(header, 'base64'), Buffer.from(payload, 'base64')] as const;
  return { token, header: objectOf(parts[0]), claims: objectOf(parts[1]), parts };
}

function nested(levels: number): unknown {
  return levels === 1 ? [] : [nested(levels - 1)];
}

function objectOf(bytes: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return Object.fromEntries(Object.entries(value ?? {}));
}

/** Fails unless both agree, or the difference is on the list. */
async function compare(token: string): Promise<void> {
  const ours = await outcomeOf(() => server.verify(token));
  const theirs = await joseAccepts(token);
  if ((ours === 'accepted') === theirs) return;
  // The other way round would be a hole: what jose refuses is never accepted.
  expect({ token, ours, theirs }).toMatchObject({ theirs: true });
  const facts = factsOf(token);
  const reasons = STRICTER.filter(({ reason, holds }) => reason === ours && holds(facts));
  expect({ token, ours, reasons: reasons.length }).not.toMatchObject({ reasons: 0 });
}

const key = fc.constantFrom(...keys);

function headerOf({ algorithm, kid }: TestKey): Readonly<Record<string, unknown>> {
  return { alg: algorithm, typ: 'at+jwt', kid };
}

function signJson(header: object, claims: object, signer: TestKey): string {
  return compactJws(JSON.stringify(header), JSON.stringify(claims), signer);
}

const oddValue = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    true,
    0,
    -1,
    '',
    ' ',
    [],
    {},
    NOW,
    NOW - 5,
    NOW - 4,
    NOW + 5,
    NOW + 6,
  ),
  fc.constantFrom(ISSUER, AUDIENCE, [AUDIENCE], [AUDIENCE, 7], [[AUDIENCE]], `${NOW + 60}`, {
    a: [{}],
  }),
  fc.constantFrom('a\ud800', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'JWT', 'es', 'rsa', 'ed'),
  fc.constantFrom('none', 'HS256', 'RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519', 'ES256K'),
  fc.double(),
  fc.jsonValue({ maxDepth: 2 }),
);

function changes(...names: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  return fc.dictionary(fc.constantFrom(...names), oddValue, { minKeys: 1, maxKeys: 2 });
}

const runs = { numRuns: 150 };

describe('this kit is stricter than jose on purpose', () => {
  it.each(STRICTER)('$why', async ({ reason, holds, example }) => {
    expect(await joseAccepts(example)).toBe(true);
    expect(await outcomeOf(() => server.verify(example))).toBe(reason);
    expect(holds(factsOf(example))).toBe(true);
    expect(holds(factsOf(changedToken({})))).toBe(false);
  });
});

describe('this kit and jose agree on', () => {
  it('good tokens, which both accept', async () => {
    for (const signer of keys) {
      const token = signJson(headerOf(signer), GOOD_CLAIMS, signer);
      expect(await server.verify(token)).toMatchObject({ userId: 'ada' });
      expect(await joseAccepts(token)).toBe(true);
    }
  });

  it('changed claims, rightly signed', async () => {
    const changed = changes(...requiredClaims, 'nbf', 'scope', 'cnf', 'act', '__proto__', 'x');
    await fc.assert(
      fc.asyncProperty(key, changed, async (signer, claims) => {
        await compare(signJson(headerOf(signer), { ...GOOD_CLAIMS, ...claims }, signer));
      }),
      runs,
    );
  });

  it('changed headers, rightly signed', async () => {
    const changed = changes(
      'alg',
      'typ',
      'kid',
      'crit',
      'b64',
      'zip',
      'enc',
      'jwk',
      'jku',
      'cty',
      'x',
    );
    await fc.assert(
      fc.asyncProperty(key, changed, async (signer, header) => {
        await compare(signJson({ ...headerOf(signer), ...header }, GOOD_CLAIMS, signer));
      }),
      runs,
    );
  });

  it('changed JSON texts, rightly signed', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '"',
        ',',
        ':',
        '{',
        '}',
        '[',
        ']',
        '\\',
        ' ',
        '\n',
        '\0',
        '\uFEFF',
        '1e309',
        'null',
      ),
      fc.constantFrom(
        '"exp":0,',
        '"exp":1e309,',
        '"sub":"eve",',
        '"__proto__":{},',
        `"deep":${'['.repeat(40)}${']'.repeat(40)},`,
      ),
      fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x98, 0x80]),
    );
    // At either end of the object as often as anywhere in it.
    const place = fc.oneof(fc.constantFrom(0, 1, -1), fc.nat({ max: 200 }));
    await fc.assert(
      fc.asyncProperty(key, fc.boolean(), place, piece, async (signer, inHeader, at, inserted) => {
        const insert = (part: object) => {
          const text = Buffer.from(JSON.stringify(part));
          const index = at === -1 ? text.length - 1 : at % text.length;
          const bytes =
            typeof inserted === 'string' ? Buffer.from(inserted) : Buffer.from(inserted);
          return Buffer.concat([text.subarray(0, index), bytes, text.subarray(index)]);
        };
        const header = headerOf(signer);
        const token = inHeader
          ? compactJws(insert(header), JSON.stringify(GOOD_CLAIMS), signer)
          : compactJws(JSON.stringify(header), insert(GOOD_CLAIMS), signer);
        await compare(token);
      }),
      runs,
    );
  });

  it('changed characters', async () => {
    const character = fc.constantFrom(
      'A',
      'Q',
      'w',
      '9',
      '-',
      '_',
      '+',
      '/',
      '=',
      '.',
      ' ',
      '\n',
      '\0',
      'é',
      '',
    );
    // Counted from the end, where the signature's last bits are.
    const place = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 1_000 }));
    await fc.assert(
      fc.asyncProperty(
        key,
        place,
        fc.nat({ max: 2 }),
        character,
        async (signer, at, removed, inserted) => {
          const token = signJson(headerOf(signer), GOOD_CLAIMS, signer);
          const index = token.length - (at % token.length);
          await compare(token.slice(0, index - removed) + inserted + token.slice(index));
        },
      ),
      runs,
    );
  });

  it('signatures with other bytes or another length', async () => {
    const byte = fc.nat({ max: 300 });
    await fc.assert(
      fc.asyncProperty(
        key,
        byte,
        fc.nat({ max: 255 }),
        fc.integer({ min: -2, max: 2 }),
        async (signer, at, mask, more) => {
          const [header, payload, signature] = segmentsOf(
            signJson(headerOf(signer), GOOD_CLAIMS, signer),
          );
          const bytes = Buffer.from(signature, 'base64url');
          bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ mask;
          const sized =
            more < 0 ? bytes.subarray(0, more) : Buffer.concat([bytes, Buffer.alloc(more)]);
          await compare(`${header}.${payload}.${sized.toString('base64url')}`);
        },
      ),
      runs,
    );
  });

  it('tokens made of the parts of others', async () => {
    const part = fc.tuple(key, fc.nat({ max: 2 }));
    await fc.assert(
      fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
        const token = parts.map(
          ([signer, index]) => segmentsOf(signJson(headerOf(signer), GOOD_CLAIMS, signer))[index],
        );
        await compare(token.join('.'));
      }),
      runs,
    );
  });

  it('the wrong key under a right name', async () => {
    await fc.assert(
      fc.asyncProperty(key, key, async (signer, named) => {
        await compare(signJson(headerOf(named), GOOD_CLAIMS, signer));
        await compare(signJson({ ...headerOf(named), alg: signer.algorithm }, GOOD_CLAIMS, signer));
      }),
      { numRuns: 20 },
    );
  });
});
