import type { HttpHandler } from '@authly/core';
import { methodNotAllowed, privateJson } from './responses.ts';

/**
 * An authorization endpoint that refuses every request: this issuer has no response type. It
 * answers directly instead of redirecting, since it knows no redirect URI to trust (RFC 6749
 * §4.1.2.1).
 */
export function authorizationEndpoint(): HttpHandler {
  return ({ method }) => {
    if (method !== 'GET' && method !== 'POST') return methodNotAllowed('GET, POST');
    return privateJson(400, {
      error: 'unsupported_response_type',
      error_description: 'This server has no authorization code flow; use the token endpoint',
    });
  };
}
