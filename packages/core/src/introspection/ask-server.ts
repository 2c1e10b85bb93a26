import type { KeySet, KeySource } from '../keys/key-set.ts';
import { createSignedJwtCheck } from '../keys/signed-jwt.ts';
import type { Clock } from '../lib/clock.ts';
import { isEndpointUrl } from '../lib/endpoint-url.ts';
import { parseJsonObject } from '../lib/json.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Algorithm } from '../token/algorithms.ts';
import type { AuthenticateClient, IntrospectionClient } from './client-authentication.ts';
import { createDiscoverEndpoint } from './discover-endpoint.ts';
import { IntrospectionFailed, isIntrospectionFailed } from './introspection-failed.ts';
import { loadOAuthLibrary, type OAuthLibrary } from './oauth-library.ts';
import { readAnswer } from './read-answer.ts';
import type { ResolvedIntrospection } from './resolve-introspection.ts';
import { openSignedAnswer, SIGNED_ANSWER_TYPE } from './signed-answer.ts';

/** The server's answer about a token, parsed and deeply frozen. Nothing in it is checked yet. */
export type ServerAnswer = Readonly<Record<string, unknown>>;

/** One question about a token. */
export interface Question {
  readonly token: string;
  /** Whether the token was verified as a JWT of this issuer. */
  readonly isVerifiedJwt: boolean;
  /** Ends the request. The question then rejects with the signal's reason. */
  readonly signal: AbortSignal;
}

/** Asks one authorization server about tokens. */
export interface AskServer {
  /** The URL that tokens are sent to; `undefined` for the application's own function, and until it is discovered. */
  readonly endpoint: string | undefined;
  /** Rejects with an `IntrospectionFailed`, or with the reason of the question's signal. */
  ask(question: Question): Promise<ServerAnswer>;
  /** Loads the library and finds the endpoint, so that the first question does not have to. */
  prepare(signal: AbortSignal): Promise<void>;
}

/** What questions to a server need. */
export interface AskServerContext {
  readonly issuer: string;
  readonly keys: KeySource;
  /** The issuer's keys, for signed answers (RFC 9701). */
  readonly keySet: KeySet;
  readonly algorithms: readonly Algorithm[];
  readonly fetch: typeof globalThis.fetch;
  /** Hosts that may be asked over http, besides loopback. */
  readonly allowHttp: readonly string[];
  readonly clock: Clock;
  readonly clockToleranceSec: number;
}

const INACTIVE: ServerAnswer = Object.freeze({ active: false });

/** Makes what asks one issuer about its tokens: by its endpoint (RFC 7662), or by the application's own function. */
export function createAskServer(
  source: ResolvedIntrospection['source'],
  context: AskServerContext,
): AskServer {
  return source.kind === 'ask' ? askFunction(source) : askEndpoint(source, context);
}

function askFunction({
  ask,
}: Extract<ResolvedIntrospection['source'], { kind: 'ask' }>): AskServer {
  return {
    endpoint: undefined,
    async ask({ token, signal }) {
      const answer = await failingAs('ask', async () => ask(token, { signal }));
      // Copied through JSON: parsed as strictly as an answer from the network, and the application cannot change
      // it later.
      const copy = parseJsonObject(Buffer.from(JSON.stringify(answer) ?? ''));
      if (copy !== undefined) return copy;
      throw new IntrospectionFailed(
        'malformed',
        'The function ask did not return an introspection answer (RFC 7662)',
      );
    },
    async prepare() {},
  };
}

function askEndpoint(
  source: Extract<ResolvedIntrospection['source'], { kind: 'endpoint' }>,
  context: AskServerContext,
): AskServer {
  const { client, endpoint, signed } = source;
  const { issuer, keys, keySet, algorithms, clock, clockToleranceSec, allowHttp } = context;
  const { clientId } = client;
  if (endpoint !== undefined && !isEndpointUrl(endpoint, allowHttp)) {
    throw new ConfigurationError(
      "introspection.endpoint must be an https URL (http on loopback and on hosts of allowHttp only) without credentials. Write: endpoint: 'https://as.acme.com/introspect'",
    );
  }
  // With tls_client_auth the client has a `fetch` of its own, which presents the certificate.
  const fetch = client.fetch ?? context.fetch;
  const isMutualTls = client.method === 'tls_client_auth';
  const discover =
    endpoint === undefined
      ? createDiscoverEndpoint({
          endpoint: 'introspection_endpoint',
          issuer,
          keys,
          fetch: context.fetch,
          allowHttp,
          clock,
          isMutualTls,
          failure: (message, options) => new IntrospectionFailed('discovery', message, options),
        })
      : async () => ({ url: endpoint });
  const verify = createSignedJwtCheck({
    issuer,
    types: [SIGNED_ANSWER_TYPE],
    algorithms,
    keySet,
    clock,
    clockToleranceSec,
  });
  let known = endpoint;

  async function send(question: Question): Promise<Response> {
    const library = await loaded();
    const { url } = await discover(question.signal);
    known = url;
    const authenticate = await authenticationOf(client, clock);
    return failingAs('network', () =>
      library.introspectionRequest(
        { issuer, introspection_endpoint: url },
        { client_id: clientId ?? '-' },
        authenticate,
        question.token,
        {
          // Without this hint, some servers answer `active: true` for a refresh token.
          additionalParameters: { token_type_hint: 'access_token' },
          requestJwtResponse: signed,
          signal: question.signal,
          [library.customFetch]: (target, init) => fetch(target, init as RequestInit),
          // The library would refuse every http URL. Which ones are allowed was decided above (`isEndpointUrl`).
          [library.allowInsecureRequests]: true,
        },
      ),
    );
  }

  return {
    get endpoint() {
      return known;
    },
    async ask(question) {
      const response = await send(question);
      const { method } = client;
      const { isVerifiedJwt } = question;
      const answer = await failingAs('network', () =>
        readAnswer(response, { method, isVerifiedJwt }),
      );
      if (answer.kind === 'inactive') return INACTIVE;
      if (answer.kind === 'signed') {
        if (signed) {
          return openSignedAnswer(answer.jwt, { verify, clientId, clock, clockToleranceSec });
        }
        throw new IntrospectionFailed(
          'not_json',
          'The answer is signed, although no signed answer was asked for',
        );
      }
      if (signed) throw new IntrospectionFailed('not_signed', 'The answer is not signed');
      return answer.body;
    },
    async prepare(signal) {
      await loaded();
      known = (await discover(signal)).url;
    },
  };
}

function loaded(): Promise<OAuthLibrary> {
  return failingAs('credentials', loadOAuthLibrary);
}

function authenticationOf(client: IntrospectionClient, clock: Clock): Promise<AuthenticateClient> {
  return failingAs('credentials', () => client.authentication(clock));
}

/**
 * Runs `run`. If it fails with any other error than an `IntrospectionFailed`, this rejects with an `IntrospectionFailed`
 * of the kind `failure`, with that error as its cause.
 */
async function failingAs<Result>(
  failure: 'network' | 'credentials' | 'ask',
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    if (isIntrospectionFailed(cause)) throw cause;
    throw new IntrospectionFailed(failure, MESSAGES[failure], { cause });
  }
}

const MESSAGES = {
  network: 'The request failed',
  credentials: 'The credentials of this API could not be read or made',
  ask: 'The function ask failed',
} as const;
