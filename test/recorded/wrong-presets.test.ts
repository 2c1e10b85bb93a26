import { ConfigurationError } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { type Reading, readToken, unbound } from './read-token.ts';
import { RECORDED, type RecordedToken } from './recorded-token.ts';
import { SETTINGS, type Setting } from './settings.ts';

// Rules of the operator's own read whatever tokens they are made for: a list of one server's machines
// says nothing of another's.
const PRESETS = SETTINGS.filter(({ name }) => !/^custom|^zitadel/.test(name));

const MACHINES = [...RECORDED].map(
  ([server, tokens]) => [server, tokens.filter(({ kind }) => kind === 'client')] as const,
);

/** What is read by a preset that is not the server's; `undefined` where it refuses the issuer. */
async function misread(token: RecordedToken, setting: Setting): Promise<Reading | undefined> {
  try {
    return await readToken(unbound(token), setting, 'every');
  } catch (error) {
    if (error instanceof ConfigurationError) return undefined;
    throw error;
  }
}

describe.each(PRESETS)('$name, bound to the issuer of another server', (setting) => {
  it('reads no recorded token of a machine as a user’s', async () => {
    const users: string[] = [];
    for (const [server, tokens] of MACHINES) {
      if (setting.servers.includes(server)) continue;
      for (const token of tokens) {
        const reading = await misread(token, { ...setting, servers: [server] });
        if (reading?.kind === 'user') users.push(token.id);
      }
    }
    expect(users).toEqual([]);
  });
});
