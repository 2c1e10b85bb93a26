import { ConfigurationError, isAuthError } from '@authly/core';
import { admissionOf, answerRefusal, guardRequest, isRequirement } from '@authly/core/adapter';
import { jsonRpcRefusal } from './json-rpc-refusal.ts';
import { type ParsedRequest, type ToolRequirements, toolRequirement } from './tool-requirement.ts';

/** The members of Express's response that are written. Node's own response has them. */
export interface ToolResponse {
  statusCode: number;
  readonly headersSent: boolean;
  setHeader(name: string, value: string): unknown;
  end(body: string): unknown;
}

/** The members of Koa's context that are read and written. */
export interface ToolContext {
  readonly request: ParsedRequest;
  status: number;
  body: unknown;
  set(headers: Readonly<Record<string, string>>): void;
}

type ExpressCall = readonly [
  request: ParsedRequest,
  response: ToolResponse,
  next: (error?: unknown) => void,
];
type KoaCall = readonly [context: ToolContext, next: () => Promise<unknown>];

/** A middleware for Express and for Koa. */
export interface ToolGuard {
  (...call: KoaCall): unknown;
  (...call: ExpressCall): void;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * Guards the tools of an MCP server: what each tool needs of its caller, by the tool's name; `null` for a tool
 * that needs no more than the route. Put it after `authenticate`, the guards of the route and a body parser,
 * and before the MCP handler, on Express and on Koa:
 *
 * ```ts
 * const guardTools = authorizeTool({ whoami: null, add_note: scope('notes:write') });
 * app.all('/mcp', authenticate(resourceServer), requireScope('notes:read'), express.json(), guardTools, …);
 * ```
 *
 * A refusal has the same status and headers as one of `authorize`, with the challenge that tells a client which
 * token to get. Its body is a JSON-RPC error, which MCP clients show to their users (see {@link
 * jsonRpcRefusal}). Where `authenticate` passes refusals to the application (`onRefusal`), this does so too.
 *
 * It fails closed, as `toolRequirement` does: it refuses a tool that is not listed, and a message that no
 * parser has read. It does not check prompts and resources. Without `authenticate` before it a request is a
 * programming error (500). Throws `ConfigurationError` for an entry that is neither a requirement nor `null`, and for
 * anything but an object of them.
 */
export function authorizeTool(requirements: ToolRequirements): ToolGuard {
  const listed = checkedRequirements(requirements);
  return function authorizeTool(...call: ExpressCall | KoaCall) {
    return isKoaCall(call) ? guardContext(call, listed) : guardExchange(call, listed);
  };
}

// Koa gives two arguments, Express three.
function isKoaCall(call: ExpressCall | KoaCall): call is KoaCall {
  return typeof call[1] === 'function';
}

function guardExchange([request, response, next]: ExpressCall, listed: ToolRequirements): void {
  let refused: Answer | undefined;
  try {
    refused = refusal(request, request, listed, response.headersSent);
  } catch (handedOn) {
    next(handedOn);
    return;
  }
  if (refused === undefined) {
    next();
    return;
  }
  response.statusCode = refused.status;
  for (const [name, value] of Object.entries(refused.headers)) response.setHeader(name, value);
  response.end(refused.body);
}

function guardContext([context, next]: KoaCall, listed: ToolRequirements): unknown {
  const refused = refusal(context, context.request, listed);
  if (refused === undefined) return next();
  // The body first: setting it also sets a status and a content type, which the answer's then replace.
  context.body = refused.body;
  context.status = refused.status;
  context.set(refused.headers);
  return undefined;
}

/** The answer to a refused call. Throws every error that is not a refusal, for the application's error handling. */
function refusal(
  carrier: object,
  request: ParsedRequest,
  listed: ToolRequirements,
  answered = false,
): Answer | undefined {
  const admission = admissionOf(carrier);
  if (admission === undefined) {
    throw new Error(
      'authorizeTool ran before authenticate. Write: app.use(authenticate(resourceServer)) before it',
    );
  }
  const needed = toolRequirement(request, listed);
  if (needed === undefined) return undefined;
  try {
    guardRequest(carrier, needed);
    return undefined;
  } catch (error) {
    const { status, headers } = answerRefusal(error, admission, answered);
    // `answerRefusal` has thrown every other error already: this line only tells the compiler.
    if (!isAuthError(error)) throw error;
    return { status, headers, body: JSON.stringify(jsonRpcRefusal(request.body, error)) };
  }
}

function checkedRequirements(requirements: ToolRequirements): ToolRequirements {
  if (!isObjectOfMembers(requirements)) {
    throw new ConfigurationError(
      "authorizeTool() takes an object with a member for each tool. Write: authorizeTool({ whoami: null, add_note: scope('notes:write') })",
    );
  }
  const copy: ToolRequirements = { ...requirements };
  const wrong = Object.keys(copy).find((tool) => copy[tool] !== null && !isRequirement(copy[tool]));
  if (wrong === undefined) return Object.freeze(copy);
  throw new ConfigurationError(
    `authorizeTool(): the tool ${JSON.stringify(wrong)} needs a requirement (scope, not requireScope), or null for none of its own. ` +
      `Write: authorizeTool({ ${JSON.stringify(wrong)}: scope('notes:write') })`,
  );
}

/** A Map, a Set or a list has no members with the names of tools: every tool would be refused. */
function isObjectOfMembers(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !(Symbol.iterator in value);
}
