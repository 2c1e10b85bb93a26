import { readdirSync, readFileSync } from 'node:fs';
import { type AuthEvent, createResourceServer } from '@authly/core';
import { custom } from '@authly/core/providers';
import { generateTestKey } from '@authly/testing';
import { describe, expect, it, onTestFinished } from 'vitest';

/** Metadata as a real server was recorded to serve it (OpenID Discovery, RFC 8414, and extensions of both). */
interface RecordedMetadata {
  readonly id: string;
  readonly server: string;
  readonly version: string;
  readonly how: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly document: { readonly issuer: string; readonly jwks_uri: string };
}

const recorded: readonly RecordedMetadata[] = readdirSync(
  new URL('metadata', import.meta.url),
).flatMap((file) => JSON.parse(readFileSync(new URL(`metadata/${file}`, import.meta.url), 'utf8')));

const { publicJwk } = generateTestKey();

describe.each(recorded)('the metadata of $server $version ($id, $how)', ({ document, headers }) => {
  it('leads to the keys of its issuer, at every address where it is served', async () => {
    const asked: string[] = [];
    const fetch = async (input: string | URL | Request): Promise<Response> => {
      const url = input instanceof Request ? input.url : String(input);
      asked.push(url);
      return url === document.jwks_uri
        ? Response.json({ keys: [publicJwk] })
        : Response.json(document, headers === undefined ? {} : { headers });
    };
    const events: AuthEvent[] = [];
    const server = createResourceServer({
      issuer: custom({ issuer: document.issuer, fetch, classify: () => 'client' }),
      audience: 'https://api.parcels.example',
      onEvent: (event) => events.push(event),
    });
    onTestFinished(() => server.close());
    await server.ready();
    expect(events).toMatchObject([{ type: 'keys.refreshed', keys: 1 }]);
    expect(asked.at(-1)).toBe(document.jwks_uri);
    expect(asked).toHaveLength(2);
  });
});

describe('the recorded answers of introspection', () => {
  const answers = readdirSync(new URL('introspection', import.meta.url)).flatMap((file) =>
    JSON.parse(readFileSync(new URL(`introspection/${file}`, import.meta.url), 'utf8')),
  );

  it('each say which server gave them, for whose token', () => {
    for (const { answer, how, kind, server, version } of answers) {
      for (const text of [how, server, version]) expect(text).toMatch(/\w/);
      expect(['user', 'client', 'neither']).toContain(kind);
      expect(answer).toBeTypeOf('object');
    }
  });
});
