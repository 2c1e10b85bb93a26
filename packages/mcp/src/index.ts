// Adding a name here makes it public.
export {
  type AuthInfo,
  type AuthInfoOptions,
  type CarriedRequest,
  type SettableRequest,
  setAuthInfo,
  toAuthInfo,
} from './auth-info.ts';
export {
  authorizeTool,
  type ToolContext,
  type ToolGuard,
  type ToolResponse,
} from './authorize-tool.ts';
export { type JsonRpcRefusal, jsonRpcRefusal } from './json-rpc-refusal.ts';
export { type CarriesPrincipal, clientFrom, principalFrom, userFrom } from './principal-from.ts';
export { type OAuthErrorClass, type TokenVerifier, tokenVerifier } from './token-verifier.ts';
export { type ParsedRequest, type ToolRequirements, toolRequirement } from './tool-requirement.ts';
