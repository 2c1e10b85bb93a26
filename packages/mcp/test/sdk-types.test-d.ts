import type { Principal, ResourceServer } from '@authly/core';
import type { BearerAuthMiddlewareOptions } from '@modelcontextprotocol/express';
import {
  OAuthError,
  type OAuthTokenVerifier,
  type AuthInfo as SdkAuthInfo,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Request } from 'express';
import { principalFrom, setAuthInfo, toAuthInfo, tokenVerifier, userFrom } from '../src/index.ts';

// @authly/mcp describes the SDK's types by their structure. This file compares them with the real
// ones.

declare const principal: Principal;
declare const resourceServer: ResourceServer;
declare const request: Request;
declare const context: ServerContext;

export const authInfo: SdkAuthInfo = toAuthInfo(principal, 'token', resourceServer);
export const withUrlAlone: SdkAuthInfo = toAuthInfo(principal, 'token', {
  resource: 'https://mcp.example.com/mcp',
});

const verifier: OAuthTokenVerifier = tokenVerifier(resourceServer, OAuthError);
export const options: BearerAuthMiddlewareOptions = { verifier };

// Express's request, as the SDK's Express package types it.
setAuthInfo(request, principal, resourceServer);

export const caller: Principal = principalFrom(context.http?.authInfo);
export const userId: string = userFrom(context.http?.authInfo).userId;

// @ts-expect-error The id of a user cannot be read before the kind is checked.
export const unknownKind: string = principalFrom(context.http?.authInfo).userId;

// @ts-expect-error The SDK's middleware answers only errors of its own class.
tokenVerifier(resourceServer);
