import { ConfigurationError, scope } from '@authly/core';
import { describe, expect, it, vi } from 'vitest';
import { authorizeTool } from '../src/authorize-tool.ts';
import type { ToolRequirements } from '../src/tool-requirement.ts';

// Its answers are tested in test/mcp/authorize-tool.test.ts, in every framework.

describe('authorizeTool', () => {
  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['the name of a scope', 'notes:write'],
    ['a maker of requirements', scope],
  ])('refuses %s as the requirement of a tool', (_, entry) => {
    const make = () => authorizeTool({ whoami: null, add_note: entry } as ToolRequirements);
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(/"add_note".*Write: authorizeTool\(\{/);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a Map', new Map([['whoami', null]])],
    ['a list', ['whoami']],
    ['a set', new Set(['whoami'])],
    ['a function', () => ({ whoami: null })],
  ])('is not made with %s, since every tool would then be refused', (_, requirements) => {
    expect(() => authorizeTool(requirements as ToolRequirements)).toThrow(
      'takes an object with a member for each tool. Write: authorizeTool({ whoami: null',
    );
  });

  it('is made with the namespace of a module that exports a requirement for each tool', () => {
    const exported = Object.assign(Object.create(null), {
      whoami: null,
      add_note: scope('notes:write'),
    });
    Object.defineProperty(exported, Symbol.toStringTag, { value: 'Module' });
    expect(() => authorizeTool(exported)).not.toThrow();
  });

  it('throws a programming error if authenticate has not run, also for tools without a requirement', async () => {
    const guard = authorizeTool({ whoami: null });
    const request = { method: 'POST', body: { method: 'tools/call', params: { name: 'whoami' } } };
    const next = vi.fn();
    const response = { statusCode: 200, headersSent: false, setHeader() {}, end() {} };
    guard(request, response, next);
    expect(next.mock.calls).toEqual([[expect.objectContaining({ message: expect.any(String) })]]);
    expect(String(next.mock.calls[0])).toContain('Write: app.use(authenticate(');
    const context = { request, status: 200, body: undefined, set() {} };
    expect(() => guard(context, async () => undefined)).toThrow(/Write: app.use\(authenticate\(/);
  });
});
