import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/providers/internal/claim-readers.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { TABLES } from './all-tables.ts';
import { claimsOf, classified, read, type TokenCase, type TokenTable } from './token-table.ts';

type Token = Pick<TokenCase, 'claims' | 'header'>;

/** Values of every JSON type. None of them may be converted into a text. */
const OTHER_TYPES: readonly unknown[] = [null, true, 0, 1.5, '', [], {}, { user: 'dana' }];

/**
 * Claims that somebody other than the authorization server can bring into a token of a machine, as
 * the providers document: self-chosen ids, client metadata, templates, lambdas, mint requests.
 */
const INJECTED: JsonObject = {
  email: 'dana@parcels.example',
  email_verified: true,
  name: 'Dana',
  given_name: 'Dana',
  nickname: 'dana',
  user: 'dana',
  user_id: 'user-live-0001',
  userId: '1',
  uuid: 'e7a1f6b2-5c5c-4d4d-9e9e-0f0f1a1a2b2b',
  type: 'user',
  kind: 'user',
  user_type: 'human',
  'https://parcels.example/user': 'dana',
  groups: ['admins'],
  role: 'admin',
  act: { sub: 'user_2Zk', sub_profile: 'user' },
  may_act: { sub: 'user_2Zk' },
  actor: 'dana',
  ext: { sub: 'dana', username: 'dana' },
  firebase: { sign_in_provider: 'password' },
  tenants: { T9north: { roles: ['Admin'] } },
  o: { id: 'org_7d', rol: 'admin' },
  __proto__not: { sub: 'dana' },
};

/**
 * Claims that are a reserved mark of a user at one provider. At the other providers anybody can set
 * them.
 */
const INJECTED_ELSEWHERE: JsonObject = {
  uid: '00u81z',
  idtyp: 'user',
  oid: 'e7a1f6b2-5c5c-4d4d-9e9e-0f0f1a1a2b2b',
  scp: 'Parcels.Read',
  username: 'dana',
  preferred_username: 'dana',
  sub_type: 'user',
  auth_time: 1_790_000_000,
  sid: 's1',
  acr: '1',
  amr: ['pwd'],
  idp: 'local',
  applicationId: '0c1d2e3f',
  authenticationType: 'PASSWORD',
};

const COMPARED: ReadonlySet<string> = new Set(['sub', 'client_id', 'azp', 'aud']);

describe.each(TABLES)('$preset', (table) => {
  const { byComparison, create, issuer, reserved = [], tokens } = table;
  // One fault at a time: tokens as the provider issues them, not those that are forged already.
  const genuine = tokens.filter(
    ({ contrived, expect: expected }) => expected !== 'refused' && !contrived,
  );
  const clients = genuine.filter(({ truth }) => truth === 'client');
  const users = genuine.filter(({ truth }) => truth === 'user');

  it('never takes a client for a user if a claim is missing', () => {
    expectNoUser(table, clients, ({ claims, header }) =>
      Object.keys(claims).map((name) => ({ claims: omit(claims, name), header })),
    );
    expectNoUser(table, clients, ({ claims, header }) =>
      Object.keys(header).map((name) => ({ claims, header: omit(header, name) })),
    );
  });

  it('never takes a client for a user if a claim is of another type', () => {
    expectNoUser(table, clients, ({ claims, header }) =>
      Object.entries(claims).flatMap(([name, value]) =>
        [...OTHER_TYPES, [value], String(value).length].map((other) => ({
          claims: { ...claims, [name]: other },
          header,
        })),
      ),
    );
    expectNoUser(table, clients, ({ claims, header }) =>
      Object.entries(header).flatMap(([name, value]) =>
        [...OTHER_TYPES, [value]].map((other) => ({
          claims,
          header: { ...header, [name]: other },
        })),
      ),
    );
  });

  it('never takes a client for a user for any two faults at once', () => {
    expectNoUser(table, clients, (token) => {
      const faults = faultsOf(token, injectedInto(reserved));
      return pairs(faults)
        .filter(([a, b]) => a.name !== b.name)
        .map(([a, b]) => ({ claims: b.make(a.make(token.claims)), header: token.header }));
    });
  });

  it('never takes a user for a client if one or two claims are missing or of another type', () => {
    expectNone('client', table, users, (token) => {
      const faults = faultsOf(token, {});
      return [
        ...faults.map((fault) => fault.make(token.claims)),
        ...pairs(faults)
          .filter(([a, b]) => a.name !== b.name)
          .map(([a, b]) => b.make(a.make(token.claims))),
      ].map((claims) => ({ claims, header: token.header }));
    });
  });

  it('never takes a client for a user if two claims are swapped', () => {
    expectNoUser(table, clients, ({ claims, header }) =>
      pairs(Object.keys(claims))
        .filter(([a, b]) => !byComparison || !(COMPARED.has(a) || COMPARED.has(b)))
        .map(([a, b]) => ({ claims: { ...claims, [a]: claims[b], [b]: claims[a] }, header })),
    );
  });

  it('never takes a client for a user for claims that a client can influence', () => {
    const added = injectedInto(reserved);
    expectNoUser(table, clients, ({ claims, header }) => [
      ...Object.entries(added).map(([name, value]) => ({
        claims: { ...claims, ...(Object.hasOwn(claims, name) ? {} : { [name]: value }) },
        header,
      })),
      { claims: { ...added, ...claims }, header },
      { claims: { ...INJECTED, ...claims }, header },
    ]);
  });

  it('never takes a client for a user if the client has chosen the id of a user (RFC 9700 §4.15)', () => {
    const victims = tokens
      .filter(({ truth }) => truth === 'user')
      .map(({ claims }) => claims['sub']);
    expectNoUser(table, clients, ({ claims, header }) =>
      victims.flatMap((victim) =>
        ['client_id', 'azp', 'cid', 'appid']
          .filter((name) => Object.hasOwn(claims, name) && claims[name] === claims['sub'])
          .map((name) => ({ claims: { ...claims, [name]: victim, sub: victim }, header })),
      ),
    );
  });

  it('does not throw, whatever the claims are', () => {
    const providers = [create(issuer), ...tokens.flatMap(({ provider }) => provider?.() ?? [])];
    const names = [...new Set(tokens.flatMap(({ claims }) => Object.keys(claims)))];
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom(...tokens.flatMap(({ claims }) => Object.values(claims))),
    );
    const claims = fc.dictionary(fc.constantFrom(...names, '__proto__', 'constructor'), value);
    // JSON that is neither a text nor a number, and throws if code uses it as one.
    const noPrimitive = { toString: 0, valueOf: 0 };
    const noPrimitives = Object.fromEntries(names.map((name) => [name, noPrimitive]));
    const header = fc.dictionary(fc.constantFrom('typ', 'gty', 'cat', 'alg'), value);
    fc.assert(
      fc.property(claims, header, (someClaims, someHeader) => {
        for (const provider of providers) {
          const token = { claims: someClaims, header: someHeader };
          provider.accepts?.(claimsOf(token), someHeader);
          provider.introspected?.accepts(claimsOf(token));
          provider.introspected?.classify(claimsOf(token));
          const reading = classified(provider, token);
          expectWellFormed(provider, token, reading);
        }
      }),
      { numRuns: 200, examples: [[noPrimitives, {}]] },
    );
  });
});

function expectNoUser(
  table: TokenTable,
  clients: readonly TokenCase[],
  mutate: (token: Token) => readonly Token[],
): void {
  expectNone('user', table, clients, mutate);
}

function expectNone(
  kind: 'user' | 'client',
  table: TokenTable,
  tokens: readonly TokenCase[],
  mutate: (token: Token) => readonly Token[],
): void {
  const { audience, create, issuer } = table;
  const wrong: unknown[] = [];
  const usual = create(issuer);
  for (const { claims, header, name, onlyMarks, provider: own } of tokens) {
    const provider = own?.() ?? usual;
    for (const mutant of mutate({ claims, header })) {
      if (onlyMarks?.every((mark) => isGone(mark, claims, mutant.claims))) continue;
      const { aud } = mutant.claims;
      const accepted = [...audience, ...(typeof aud === 'string' ? [aud] : [])];
      const reading = read(provider, mutant, accepted);
      if (reading !== 'refused' && reading.kind === kind) wrong.push([name, mutant]);
    }
  }
  expect(wrong).toEqual([]);
}

function expectWellFormed(
  provider: Provider,
  token: Token,
  reading: ReturnType<typeof classified>,
): void {
  if (reading === 'refused') return;
  expect(reading.id).toBeTypeOf('string');
  expect(reading.id).not.toBe('');
  for (const list of [reading.scopes, reading.permissions, reading.roles, reading.groups]) {
    for (const item of list ?? []) expect(item).toBeTypeOf('string');
  }
  const tenant = provider.authority.tenant?.(claimsOf(token));
  expect(tenant === undefined || typeof tenant === 'string').toBe(true);
}

/** Whether a mark was taken out, or another text was put in its place. */
function isGone(mark: string, from: JsonObject, mutant: JsonObject): boolean {
  const value = mutant[mark];
  return value === undefined || (typeof value === 'string' && value !== from[mark]);
}

function omit(object: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

function pairs<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((a, index) => items.slice(index + 1).map((b) => [a, b] as const));
}

/** Claims that somebody other than the provider can bring into a token of a machine. */
function injectedInto(reserved: readonly string[]): JsonObject {
  const elsewhere = Object.entries(INJECTED_ELSEWHERE).filter(([name]) => !reserved.includes(name));
  return { ...INJECTED, ...Object.fromEntries(elsewhere) };
}

interface Fault {
  /** The faulty claim. */
  readonly name: string;
  readonly make: (claims: JsonObject) => JsonObject;
}

/** Every single fault that may come together with another: claims missing, of another type, or added. */
function faultsOf({ claims }: Token, added: JsonObject): readonly Fault[] {
  const names = Object.keys(claims);
  const missing = names.map((name): Fault => ({ name, make: (given) => omit(given, name) }));
  const retyped = names.flatMap((name) =>
    [null, '', 7, [claims[name]], {}].map(
      (value): Fault => ({ name, make: (given) => ({ ...given, [name]: value }) }),
    ),
  );
  const injected = Object.entries(added)
    .filter(([name]) => !Object.hasOwn(claims, name))
    .map(([name, value]): Fault => ({ name, make: (given) => ({ ...given, [name]: value }) }));
  return [...missing, ...retyped, ...injected];
}
