import { scope, user } from '@authly/express';
import { principalFrom, type ToolRequirements, userFrom } from '@authly/mcp';
import {
  type CallToolResult,
  McpServer,
  type McpServerFactory,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

/** The scope to write includes the scope to read. */
export const NOTES_SCOPES = { 'notes:write': ['notes:read'] } as const;

/** What each tool needs in addition to `notes:read`, which the whole server needs. */
export const TOOL_REQUIREMENTS: ToolRequirements = {
  whoami: null,
  add_note: scope('notes:write'),
  my_profile: user(),
};

/** Makes an MCP server for each request; the notes are kept between them. */
export function notesServerFactory(): McpServerFactory {
  const notesByCaller = new Map<string, string[]>();
  return () => {
    const server = new McpServer({ name: 'notes', version: '1.0.0' });

    server.registerTool('whoami', { description: 'Says who is calling' }, (context) => {
      const caller = principalFrom(context.http?.authInfo);
      return caller.kind === 'user'
        ? text(`user ${caller.userId}, through ${caller.clientId ?? 'an unnamed client'}`)
        : text(`client ${caller.clientId}`);
    });

    server.registerTool(
      'add_note',
      { description: 'Keeps a note', inputSchema: z.object({ note: z.string().max(1000) }) },
      ({ note }, context) => {
        const { key } = principalFrom(context.http?.authInfo);
        const notes = notesByCaller.get(key) ?? [];
        notesByCaller.set(key, [...notes, note]);
        return text(`note ${notes.length + 1} kept`);
      },
    );

    server.registerTool('my_profile', { description: 'Shows the user to the user' }, (context) => {
      const { userId, issuer } = userFrom(context.http?.authInfo);
      return text(`${userId} at ${issuer}`);
    });

    return server;
  };
}

function text(content: string): CallToolResult {
  return { content: [{ type: 'text', text: content }] };
}
