import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runExample } from '../examples/child.ts';

const ROOT = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/mcp.md', ROOT), 'utf8');

/** Code blocks of docs/mcp.md; each names the file that it is taken from. */
const blocks = [...text.matchAll(/(?:<!-- (\S+) -->\n)?```ts\n([\s\S]*?)```/g)].map(
  ([, file = '(no file named)', code = '']) => ({ file, code }),
);

describe('docs/mcp.md', () => {
  it.each(blocks)(
    'has in every code block lines of the file that it names: $file',
    ({ file, code }) => {
      expect(unindented(readFileSync(new URL(file, ROOT), 'utf8'))).toContain(unindented(code));
    },
  );

  it.each(['mcp-express', 'mcp-koa'])(
    'shows what examples/%s prints when it is started',
    async (name) => {
      const { exitCode, stdout, stderr } = await runExample(name).ended;
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      const shown = /```\n(MCP server at [\s\S]*?)```/.exec(text)?.[1] ?? '(nothing)';
      expect(withoutPorts(stdout)).toBe(withoutPorts(shown));
    },
    30_000,
  );
});

function unindented(code: string): string {
  return code.replace(/^[ ]+/gm, '');
}

function withoutPorts(output: string): string {
  return output.replace(/127\.0\.0\.1:\d+/g, '127.0.0.1');
}
