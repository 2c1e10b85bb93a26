import { scope, user } from '@authly/core';
import { describe, expect, it } from 'vitest';
import { type ParsedRequest, toolRequirement } from '../src/tool-requirement.ts';
import { anMcpResource, issuer } from './mcp-resource.ts';

const NEEDS = { whoami: null, add_note: scope('notes:write'), my_profile: user() };

function call(name: unknown, method = 'tools/call'): object {
  return { jsonrpc: '2.0', id: 1, method, params: { name, arguments: {} } };
}

function post(body: unknown): ParsedRequest {
  return { method: 'POST', body };
}

describe('toolRequirement', () => {
  it('returns the requirement of the tool that is called', () => {
    expect(toolRequirement(post(call('add_note')), NEEDS)).toBe(NEEDS.add_note);
    expect(toolRequirement(post(call('my_profile')), NEEDS)).toBe(NEEDS.my_profile);
  });

  it('returns nothing for a tool that needs no more than the route', () => {
    expect(toolRequirement(post(call('whoami')), NEEDS)).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['another method', call('add_note', 'tools/list')],
    ['a call without parameters', { jsonrpc: '2.0', id: 1, method: 'tools/call' }],
    ['a name that is no text', call(['add_note'])],
    ['an empty batch', []],
  ])('gives nothing for %s: the SDK refuses what is malformed', (_, body) => {
    expect(toolRequirement(post(body), NEEDS)).toBeUndefined();
  });

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])(
    'returns nothing for %s without a body',
    (method) => {
      expect(toolRequirement({ method, body: undefined }, NEEDS)).toBeUndefined();
    },
  );

  it.each<[string, ParsedRequest]>([
    ['no body: no parser ran', post(undefined)],
    ['null', post(null)],
    ['an empty object: the parser was for another content type', post({})],
    ['text', post(JSON.stringify(call('whoami')))],
    ['bytes', post(Buffer.from(JSON.stringify(call('whoami'))))],
    ['no body, of an unknown method', { method: 'QUERY' }],
    ['no body and no method', {}],
  ])('refuses every caller if the message could not be read: %s', async (_, request) => {
    const resource = anMcpResource();
    const needed = toolRequirement(request, NEEDS);
    const everything = await resource.verify(issuer.aUserToken({ scope: 'notes:write' }));
    expect(needed && resource.evaluate(everything, needed)?.code).toBe('forbidden');
  });

  it('needs the requirements of all calls of a batch', async () => {
    const resource = anMcpResource();
    const needed = toolRequirement(
      post([call('whoami'), call('add_note'), call('my_profile')]),
      NEEDS,
    );
    const judged = async (token: string) =>
      needed && resource.evaluate(await resource.verify(token), needed)?.reason;
    expect(await judged(issuer.aClientToken({ scope: 'notes:write' }))).toBe('user_required');
    expect(await judged(issuer.aUserToken({ scope: 'notes:read' }))).toBe('scope_missing');
    expect(await judged(issuer.aUserToken({ scope: 'notes:write' }))).toBeUndefined();
  });

  it.each(['add_notes', '', 'constructor', 'toString', '__proto__'])(
    'refuses a tool that is not listed: "%s"',
    async (name) => {
      const resource = anMcpResource();
      const needed = toolRequirement(post(call(name)), NEEDS);
      const everything = await resource.verify(issuer.aUserToken({ scope: 'notes:write' }));
      expect(needed && resource.evaluate(everything, needed)?.code).toBe('forbidden');
    },
  );
});
