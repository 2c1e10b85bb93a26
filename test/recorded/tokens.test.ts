import { describe, expect, it } from 'vitest';
import { readToken, unbound } from './read-token.ts';
import { RECORDED, type RecordedToken } from './recorded-token.ts';
import { type Exceptions, SETTINGS, type Setting } from './settings.ts';

// Tokens of real servers go through the presets, signed again. Each is read as who really called; what
// is no access token is refused. Every exception stands beside its setting, with its reason.

function tokensOf({ servers, reads = () => true }: Setting): readonly RecordedToken[] {
  return servers.flatMap((server) => RECORDED.get(server) ?? []).filter(reads);
}

function isAccessToken({ form, kind }: RecordedToken): boolean {
  return form === 'jwt' && kind !== 'neither';
}

function expectedOf(token: RecordedToken, { mark, refused = {} }: Setting) {
  if (!isAccessToken(token) || Object.hasOwn(refused, token.id)) return 'refused';
  return mark !== undefined && !Object.hasOwn(token.payload, mark) ? 'refused' : token.kind;
}

describe.each(SETTINGS)('$name', (setting) => {
  const { audienceAlone = {}, operatorWordFalse = {}, refused = {} } = setting;
  const tokens = tokensOf(setting);
  const except = (...exceptions: readonly Exceptions[]) =>
    tokens.filter(({ id }) => !exceptions.some((known) => Object.hasOwn(known, id)));
  const among = (exceptions: Exceptions) =>
    tokens.filter(({ id }) => Object.hasOwn(exceptions, id));

  it('lists as exceptions only tokens that are recorded', () => {
    const ids = new Set(tokens.map(({ id }) => id));
    const named = [audienceAlone, operatorWordFalse, refused].flatMap(Object.keys);
    expect(named.filter((id) => !ids.has(id))).toEqual([]);
    expect(new Set(named).size).toBe(named.length);
    expect(tokens.length).toBeGreaterThan(0);
  });

  it.each(except(audienceAlone, operatorWordFalse))(
    'reads $id of $server $version, which was got by: $how',
    async (token) => {
      const expected = expectedOf(token, setting);
      expect(await readToken(unbound(token), setting, 'every')).toMatchObject({ kind: expected });
    },
  );

  it('refuses a bound token that comes without a proof', async () => {
    for (const token of tokens.filter(({ payload }) => Object.hasOwn(payload, 'cnf'))) {
      const { kind } = await readToken(token, setting, 'every');
      expect([token.id, kind]).toEqual([token.id, 'refused']);
    }
  });

  it('refuses by the audience a token that looks like an access token otherwise', async () => {
    for (const token of among(audienceAlone)) {
      expect(isAccessToken(token)).toBe(false);
      expect(await readToken(token, setting, 'own')).toEqual({
        kind: 'refused',
        reason: 'audience_mismatch',
      });
    }
  });

  it('reads tokens wrongly, as the operator stated, where the statement is false', async () => {
    for (const token of among(operatorWordFalse)) {
      const { kind } = await readToken(token, setting, 'every');
      expect([token.id, kind === 'refused' || kind === token.kind]).toEqual([token.id, false]);
    }
  });
});

describe('the recorded tokens', () => {
  it('each go through a preset', () => {
    const read = new Set(SETTINGS.flatMap(tokensOf));
    const all = [...RECORDED.values()].flat();
    expect(all.filter((token) => !read.has(token))).toEqual([]);
  });

  it('each say which server issued them, and how they were obtained', () => {
    for (const token of [...RECORDED.values()].flat()) {
      for (const text of [token.server, token.version, token.how]) expect(text).toMatch(/\w/);
      expect(['user', 'client', 'neither']).toContain(token.kind);
    }
  });

  it('each have an id that no other has', () => {
    const ids = [...RECORDED.values()].flat().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
