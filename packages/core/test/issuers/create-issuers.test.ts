import { describe, expect, it, vi } from 'vitest';
import { jwks } from '../../../../test/support/tokens.ts';
import { createIssuers } from '../../src/issuers/create-issuers.ts';
import type { IssuerEntry } from '../../src/issuers/issuer-entry.ts';
import type { Issuers } from '../../src/issuers/issuers.ts';
import { createTrustedIssuer } from '../../src/issuers/trusted-issuer.ts';
import type { AnyResourceServerOptions } from '../../src/options/options.ts';
import { type ResolvedOptions, resolveOptions } from '../../src/options/resolve-options.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';

const A = 'https://a.example.com';
const B = 'https://b.example.com';

function entry(iss: string, changes: object = {}): IssuerEntry {
  return { ...rfc9068({ issuer: iss, jwks }), audience: 'urn:api', ...changes };
}

function optionsWith(entries: readonly IssuerEntry[], changes: object = {}): ResolvedOptions {
  return resolveOptions({ issuers: entries, ...changes } as AnyResourceServerOptions);
}

function nameFound(issuers: Issuers, claims: object): string | undefined {
  const found = issuers.find({ ...claims });
  return found instanceof Promise ? expect.unreachable('it should answer at once') : found?.name;
}

describe('issuers of a list', () => {
  const issuers = createIssuers(optionsWith([entry(A), entry(B, { name: 'bee' })]));

  it('are found by exactly their iss', () => {
    expect(nameFound(issuers, { iss: A })).toBe(A);
    expect(nameFound(issuers, { iss: B })).toBe('bee');
    for (const iss of [`${A}/`, A.toUpperCase(), ` ${A}`, A.slice(0, -1), 'bee', '', 'toString']) {
      expect(nameFound(issuers, { iss })).toBeUndefined();
    }
  });

  it('are not found by an iss of another type, or one that is inherited', () => {
    for (const iss of [undefined, null, 7, [A], { toString: () => A }, new String(A)]) {
      expect(nameFound(issuers, { iss })).toBeUndefined();
    }
    expect(issuers.find(Object.create({ iss: A }))).toBeUndefined();
  });

  it('are current after they were found', () => {
    const found = issuers.find({ iss: A });
    if (found === undefined || found instanceof Promise) return expect.unreachable();
    expect(issuers.isCurrent(found)).toBe(true);
  });

  it('that stand for many issuers are found by their own rule, after those that are named exactly', () => {
    const many = entry('https://many.example.com', {
      name: 'many',
      names: ({ iss }: { iss?: unknown }) =>
        typeof iss === 'string' && iss.endsWith('.example.com'),
    });
    const mixed = createIssuers(optionsWith([many, entry(A)]));
    expect(nameFound(mixed, { iss: A })).toBe(A);
    expect(nameFound(mixed, { iss: 'https://t1.example.com' })).toBe('many');
    expect(nameFound(mixed, { iss: 'https://t1.example.org' })).toBeUndefined();
  });

  it('that stand for many issuers need a rule that answers true', () => {
    const vague = entry(A, { names: () => 'yes' });
    expect(nameFound(createIssuers(optionsWith([vague])), { iss: A })).toBeUndefined();
  });

  it('are ready when all of their keys are, and not when one’s fail', async () => {
    await expect(issuers.ready()).resolves.toBeUndefined();
    const remote = { ...rfc9068({ issuer: B, jwksUri: `${B}/jwks` }), audience: 'urn:api' };
    const offline = { fetch: () => Promise.reject(new Error('offline')) };
    const half = createIssuers(optionsWith([entry(A), remote], offline));
    await expect(half.ready()).rejects.toMatchObject({ reason: 'keys_unavailable' });
    await expect(issuers.ready(AbortSignal.abort('too late'))).rejects.toBe('too late');
  });

  it('close the keys of each', () => {
    const closing = createIssuers(optionsWith([entry(A), entry(B)]));
    const closed = [A, B].map((iss) => {
      const found = closing.find({ iss });
      if (found === undefined || found instanceof Promise) return expect.unreachable();
      return vi.spyOn(found.keySet, 'close');
    });
    closing.close();
    for (const spy of closed) expect(spy).toHaveBeenCalledOnce();
  });
});

describe('an issuer', () => {
  const resolved = { provider: entry(A), audience: ['urn:api'] };

  it('accepts the configured algorithms, else its preset’s, else the default ones', () => {
    const algorithmsOf = (configured: object, stated: object) =>
      createTrustedIssuer(
        { ...resolved, provider: entry(A, stated) },
        optionsWith([entry(A)], configured),
      ).algorithms;
    expect(algorithmsOf({}, {})).toEqual(['RS256', 'PS256', 'ES256', 'EdDSA']);
    expect(algorithmsOf({}, { algorithms: ['ES384'] })).toEqual(['ES384']);
    expect(algorithmsOf({ algorithms: ['RS512'] }, { algorithms: ['ES384'] })).toEqual(['RS512']);
  });

  it('has everything that its tokens are checked against, frozen', () => {
    const issuer = createTrustedIssuer(resolved, optionsWith([entry(A)], { clockToleranceSec: 7 }));
    expect(issuer.policy).toMatchObject({
      audience: ['urn:api'],
      clockToleranceSec: 7,
      types: { accepted: ['at+jwt'], optional: false },
      requiredClaims: ['aud', 'sub', 'client_id', 'iat', 'jti'],
    });
    expect(Object.isFrozen(issuer) && Object.isFrozen(issuer.policy)).toBe(true);
  });

  it('keeps using a key set that is passed on to it', () => {
    const options = optionsWith([entry(A)]);
    const { keySet } = createTrustedIssuer(resolved, options);
    expect(createTrustedIssuer(resolved, options, keySet).keySet).toBe(keySet);
    expect(createTrustedIssuer(resolved, options).keySet).not.toBe(keySet);
  });
});
