import {
  type Form,
  type HandlerRequest,
  type HandlerResponse,
  type HttpHandler,
  isFormError,
  readForm,
} from '@authly/core';
import type { ClientCredentialsProvider } from './client-credentials-provider.ts';
import type { IssuerEventListener } from './events.ts';
import type { IssuedToken } from './issued-token.ts';
import { requestCredentials } from './request-credentials.ts';
import { methodNotAllowed, privateJson } from './responses.ts';
import {
  isTokenRequestError,
  TokenRequestError,
  type TokenRequestErrorCode,
} from './token-request-error.ts';

/** What a token endpoint is made from. */
export interface TokenEndpointOptions {
  readonly clientCredentials: ClientCredentialsProvider;
  /** `realm` of the Basic challenge: the issuer's identifier. */
  readonly realm: string;
  readonly report: IssuerEventListener;
}

const STATUS: Readonly<Record<TokenRequestErrorCode, number>> = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_scope: 400,
  invalid_target: 400,
  unsupported_grant_type: 400,
  temporarily_unavailable: 503,
};

/** Long enough for a short outage to end, short enough not to matter to a machine. */
const RETRY_AFTER_SEC = 5;

/**
 * The token endpoint for the client credentials grant (RFC 6749 §3.2, §4.4).
 *
 * Refusals are JSON as RFC 6749 §5.2 has them: 400, or 401 with a Basic challenge for
 * `invalid_client`; 503 with Retry-After when the client store fails. The query is not read:
 * credentials in a URL end up in logs (RFC 6749 §2.3.1). Other errors are thrown,
 * so that the framework logs them.
 */
export function tokenEndpoint({
  clientCredentials,
  realm,
  report,
}: TokenEndpointOptions): HttpHandler {
  return async (request) => {
    if (request.method !== 'POST') return methodNotAllowed('POST');
    try {
      const grantRequest = await reporting(report, async () => {
        const form = await tokenForm(request);
        checkGrantType(form);
        return {
          credentials: requestCredentials(request.header('authorization'), form),
          scope: form.get('scope'),
          resources: form.all('resource'),
        };
      });
      return success(await clientCredentials.grant(grantRequest));
    } catch (error) {
      if (isTokenRequestError(error)) return refusal(error, realm);
      throw error;
    }
  };
}

/** Reports refusals that happen before the provider is called; the provider reports its own. */
async function reporting<Result>(
  report: IssuerEventListener,
  read: () => Promise<Result>,
): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (isTokenRequestError(error)) {
      report({ type: 'token.refused', code: error.code, reason: error.reason });
    }
    throw error;
  }
}

/** RFC 8707 §2: no other parameter than `resource` may occur twice (RFC 6749 §3.2). */
async function tokenForm(request: HandlerRequest): Promise<Form> {
  try {
    return await readForm(request, { repeatable: ['resource'] });
  } catch (error) {
    throw isFormError(error) ? new TokenRequestError(error.reason, { cause: error }) : error;
  }
}

function checkGrantType(form: Form): void {
  const grantType = form.get('grant_type');
  if (grantType === undefined) throw new TokenRequestError('grant_type_missing');
  if (grantType !== 'client_credentials') throw new TokenRequestError('grant_type_unsupported');
}

/** RFC 6749 §5.1. */
function success({ accessToken, expiresInSec, scopes }: IssuedToken): HandlerResponse {
  return privateJson(200, {
    access_token: accessToken,
    token_type: 'Bearer',
    expires_in: expiresInSec,
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  });
}

/** RFC 6749 §5.2. */
function refusal({ code, message }: TokenRequestError, realm: string): HandlerResponse {
  return privateJson(
    STATUS[code],
    { error: code, error_description: message },
    {
      // RFC 9110 §15.5.2: every 401 has a challenge, whichever method the client used.
      ...(code === 'invalid_client' && {
        'www-authenticate': `Basic realm="${realm}", charset="UTF-8"`,
      }),
      ...(code === 'temporarily_unavailable' && { 'retry-after': String(RETRY_AFTER_SEC) }),
    },
  );
}
