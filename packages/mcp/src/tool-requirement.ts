import { allOf, claim, type Requirement } from '@authly/core';

/** What each tool needs of its caller, by the tool's name; `null` for a tool that needs no more than the route. */
export type ToolRequirements = Readonly<Record<string, Requirement | null>>;

/** The members of a request that are read. Express's `req` and Koa's `ctx.request` have them. */
export interface ParsedRequest {
  readonly method?: string | undefined;
  /** What a body parser made of the body. */
  readonly body?: unknown;
}

const UNLISTED = claim(() => false, 'a tool with a listed requirement');
const UNREADABLE = claim(() => false, 'a JSON body that a parser has read');

/** The streamable HTTP transport accepts messages by POST only. */
const WITHOUT_MESSAGES: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS']);

/**
 * What an MCP request needs of its caller: the requirement of the tool that it calls (method `tools/call`); for
 * a batch, all requirements of its tools; `undefined` when there is none. Give it to `authorize` of an adapter,
 * so that the refusal is a real 401 or 403 with its challenge:
 *
 * ```ts
 * const needed = toolRequirement(req, { whoami: null, add_note: scope('notes:write') });
 * if (needed === undefined) next();
 * else authorize(needed)(req, res, next);
 * ```
 *
 * It fails closed. A tool that is not listed is refused (`forbidden`), so that no forgotten tool is open. A
 * message that no body parser has read is refused too, because it could call any tool. Put the body parser
 * before it, and give the MCP handler the same body that was checked here (its `parsedBody`), not the stream.
 * It checks tools only: prompts and resources are protected by the guards of the route.
 */
export function toolRequirement(
  { method, body }: ParsedRequest,
  requirements: ToolRequirements,
): Requirement | undefined {
  // Body parsers set an empty object when they do not parse a body: then the message is unread.
  if (!isObject(body) || body instanceof Uint8Array || isEmptyObject(body)) {
    return WITHOUT_MESSAGES.has(method ?? '') ? undefined : UNREADABLE;
  }
  const needed = (Array.isArray(body) ? body : [body])
    .map(calledTool)
    .filter((name) => name !== undefined)
    .map((name) => requirementOf(name, requirements))
    .filter((requirement) => requirement !== null);
  const [first, ...others] = needed;
  return first === undefined || others.length === 0 ? first : allOf(first, ...others);
}

function requirementOf(name: string, requirements: ToolRequirements): Requirement | null {
  const listed = Object.hasOwn(requirements, name) ? requirements[name] : undefined;
  return listed === undefined ? UNLISTED : listed;
}

/** The name of the tool that a JSON-RPC message calls. Other messages are left to the SDK. */
function calledTool(message: unknown): string | undefined {
  if (!isObject(message) || message['method'] !== 'tools/call') return undefined;
  const { params } = message;
  return isObject(params) && typeof params['name'] === 'string' ? params['name'] : undefined;
}

function isEmptyObject(value: object): boolean {
  return !Array.isArray(value) && Object.keys(value).length === 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
