import { describe, expect, it } from 'vitest';
import { spiffe } from '../../src/providers/index.ts';
import { NO_KEYS } from './token-table.ts';

describe('a trust domain', () => {
  const inAcme = () => spiffe({ trustDomain: 'acme.com', jwks: NO_KEYS });

  it('is named by tokens of its workloads that have no iss', () => {
    const { names } = inAcme();
    expect(names?.({ sub: 'spiffe://acme.com/ns/a' })).toBe(true);
    expect(names?.({ sub: 'spiffe://acme.com/ns/a', iss: 'https://as.acme.com' })).toBe(false);
    expect(names?.({ sub: 'spiffe://acme.com.evil.example/ns/a' })).toBe(false);
    expect(names?.({ sub: 'spiffe://acme.com' })).toBe(false);
    expect(names?.({})).toBe(false);
  });

  it('is found by iss where tokens have one', () => {
    const provider = spiffe({
      trustDomain: 'acme.com',
      issuer: 'https://as.acme.com',
      jwks: NO_KEYS,
    });
    expect(provider).not.toHaveProperty('names');
  });

  it('uses the keys of a bundle, and the asymmetric algorithms of the specification', () => {
    const { algorithms, keyUses } = inAcme();
    expect(keyUses).toContain('jwt-svid');
    expect(algorithms).toContain('ES384');
    expect(algorithms).not.toContain('EdDSA');
  });
});
