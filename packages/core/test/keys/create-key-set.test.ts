import { describe, expect, it } from 'vitest';
import { aClock, generateTestKey, ISSUER, issuerKey } from '../../../../test/support/tokens.ts';
import { createKeySet, type KeySetContext } from '../../src/keys/create-key-set.ts';
import { resolveKeyOptions } from '../../src/keys/key-options.ts';
import type { KeySource } from '../../src/keys/key-set.ts';
import type { AuthEvent } from '../../src/model/events.ts';

const other = generateTestKey('ES256', 'key-2');

function aSet(source: KeySource, context: Partial<KeySetContext> = {}) {
  const events: AuthEvent[] = [];
  const urls: string[] = [];
  const fetch = async (url: unknown) => {
    urls.push(String(url));
    const metadata = { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` };
    return Response.json(
      String(url).endsWith('/keys') ? { keys: [issuerKey.publicJwk] } : metadata,
    );
  };
  const keySet = createKeySet(source, {
    issuer: ISSUER,
    clock: aClock(),
    fetch,
    events: { active: true, emit: (event) => events.push(event) },
    timing: resolveKeyOptions(),
    random: () => 0,
    ...context,
  });
  return { keySet, events, urls };
}

const query = { algorithm: 'ES256', kid: 'key-1' } as const;

describe('a static source', () => {
  const jwks = {
    keys: [issuerKey.publicJwk, { kty: 'oct', k: 'AA' }, { ...other.publicJwk, use: 'own' }],
  };

  it('is checked like a fetched set: keys that cannot be used are reported, with their issuer', () => {
    const { keySet, events } = aSet({ kind: 'static', jwks });
    expect(keySet.find(query)).toMatchObject({ kid: 'key-1' });
    expect(events).toEqual([{ type: 'keys.ignored', issuer: ISSUER, cause: 'symmetric', keys: 1 }]);
  });

  it('uses the accepted values of use, and the limit of keys', () => {
    const own = aSet({ kind: 'static', jwks }, { uses: ['own'] });
    expect(own.keySet.find({ algorithm: 'ES256', kid: 'key-2' })).toMatchObject({ kid: 'key-2' });
    const both = { keys: [issuerKey.publicJwk, other.publicJwk] };
    const one = aSet({ kind: 'static', jwks: both }, { timing: resolveKeyOptions({ maxKeys: 1 }) });
    expect(one.events).toMatchObject([{ cause: 'too_many', keys: 1 }]);
  });
});

describe('a remote source', () => {
  it('with a URL is fetched only from there', async () => {
    const { keySet, urls } = aSet({ kind: 'jwks', url: `${ISSUER}/keys` });
    expect(await keySet.find(query)).toMatchObject({ kid: 'key-1' });
    expect(urls).toEqual([`${ISSUER}/keys`]);
    keySet.close();
  });

  it('with metadata is found by it', async () => {
    const { keySet, urls } = aSet({ kind: 'discovery', documents: [`${ISSUER}/metadata`] });
    expect(await keySet.find(query)).toMatchObject({ kid: 'key-1' });
    expect(urls).toEqual([`${ISSUER}/metadata`, `${ISSUER}/keys`]);
    keySet.close();
  });

  it.each([
    [{ kind: 'jwks', url: 'http://as.example.com/keys' }],
    [{ kind: 'discovery', documents: [] }],
    [{ kind: 'discovery', documents: [`${ISSUER}/a`, 'ftp://as.example.com/b'] }],
  ] as const)('%j must not be fetched', (source) => {
    expect(() => aSet(source)).toThrow(`Keys of ${ISSUER} must be fetched over https`);
  });
});
