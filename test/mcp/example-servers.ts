import {
  expressServers,
  type RunningExample,
  type Servers,
  startExample,
} from '@authly-examples/mcp-express';
import { koaServers } from '@authly-examples/mcp-koa';
import { onTestFinished } from 'vitest';

/** The examples; each test runs against both. */
export const examples: readonly (readonly [name: string, servers: Servers])[] = [
  ['examples/mcp-express', expressServers],
  ['examples/mcp-koa', koaServers],
];

/** An example that runs until the test ends. */
export async function aRunningExample(servers: Servers): Promise<RunningExample> {
  const example = await startExample(servers);
  onTestFinished(() => example.close());
  return example;
}

/** What a token of {@link aToken} says. */
export interface Grant {
  readonly scopes?: readonly string[];
  readonly audience?: string;
}

/** A token of the user `ada` for the example, unless said otherwise. */
export async function aUserToken(
  { issuer, url }: RunningExample,
  { scopes = ['notes:read'], audience = url }: Grant = {},
): Promise<string> {
  const identity = { provider: 'test', externalId: 'ada' };
  const token = await issuer.userToken({ identity, clientId: 'notes-app', audience, scopes });
  return token.accessToken;
}

/** A token of the machine `crawler` for the example, unless said otherwise. */
export async function aClientToken(
  { issuer, url }: RunningExample,
  { scopes = ['notes:read'], audience = url }: Grant = {},
): Promise<string> {
  return (await issuer.clientToken({ clientId: 'crawler', audience, scopes })).accessToken;
}

/** A call of a tool as it goes over the wire, for answers that the SDK's client keeps to itself. */
export async function post(
  url: string,
  token: string | undefined,
  body: object = call('whoami'),
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

/** A JSON-RPC message that calls a tool. */
export function call(name: string, args: object = {}): object {
  return { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } };
}
