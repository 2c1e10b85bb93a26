import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { TABLES } from './all-tables.ts';
import { read, type TokenTable } from './token-table.ts';

// A rule of the operator's own is not a preset's: whose claim it reads is whose tokens it is for.
const READERS = TABLES.filter(({ operatorRule }) => !operatorRule);

describe('a client of one provider is not a user for the preset of another', () => {
  it('with which its issuer can be configured', () => {
    expect(misread(({ issuer }, reader) => startedWith(reader, issuer))).toEqual([]);
  });

  it('also if its issuer is not recognized, behind a domain of its own', () => {
    expect(misread((_table, reader) => reader.create(reader.issuer))).toEqual([]);
  });
});

it('every table can configure its own issuer', () => {
  for (const table of TABLES) expect(startedWith(table, table.issuer)).toBeDefined();
});

type Configure = (table: TokenTable, reader: TokenTable) => Provider | undefined;

function misread(configure: Configure): readonly string[] {
  const wrong: string[] = [];
  for (const table of TABLES) {
    // Tokens of a provider that nothing is known of cannot be recognized.
    if (table.preset === 'custom') continue;
    for (const reader of READERS) {
      const provider = reader === table ? undefined : configure(table, reader);
      if (provider === undefined) continue;
      for (const token of table.tokens) {
        if (token.contrived || token.truth === 'user') continue;
        if (kindOf(provider, token, reader) === 'user') {
          wrong.push(`${table.preset}, ${token.name}: a user to ${reader.preset}`);
        }
      }
    }
  }
  return wrong;
}

function kindOf(provider: Provider, token: TokenTable['tokens'][number], reader: TokenTable) {
  const { aud } = token.claims;
  // The worst case: the API accepts whatever audience the token has.
  const audience = [...reader.audience, ...(Array.isArray(aud) ? aud : [String(aud)])];
  const reading = read(provider, token, audience);
  return reading === 'refused' ? reading : reading.kind;
}

function startedWith(reader: TokenTable, issuer: string): Provider | undefined {
  try {
    const provider = reader.create(issuer);
    return provider.issuer === issuer ? provider : undefined;
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}
