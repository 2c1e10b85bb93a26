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

/** What the server said of a token, parsed and deeply frozen; nothing in it is checked. */
export type ServerAnswer = Readonly<Record<string, unknown>>;

/** One question. */
export interface Question {
  readonly token: string;
  /** Whether the token was verified as a JWT of this issuer. */
  readonly isVerifiedJwt: boolean;
  /** Ends the request; its reason is what the question rejects with. */
  readonly signal: AbortSignal;
}

/** Asks about tokens. */
export interface AskServer {
  /** Where tokens are sent; `undefined` for a function of the application's, and before it is known. */
  readonly endpoint: string | undefined;
  /** Rejects with an `IntrospectionFailed`, or as the signal says. */
  ask(question: Question): Promise<ServerAnswer>;
  /** Loads and finds what the first question would have to. */
  prepare(signal: AbortSignal): Promise<void>;
}

/** What questions stand on. */
export interface AskServerContext {
  readonly issuer: string;
  readonly keys: KeySource;
  /** For signed answers. */
  readonly keySet: KeySet;
  readonly algorithms: readonly Algorithm[];
  readonly fetch: typeof globalThis.fetch;
  /** Hosts that may be asked over http, beside the machine itself. */
  readonly allowHttp: readonly string[];
  readonly clock: Clock;
  readonly clockToleranceSec: number;
}

const INACTIVE: ServerAnswer = Object.freeze({ active: false });

/** The way to answers of one issuer: its endpoint (RFC 7662), or a function of the application's. */
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
      // A copy, as strict as what comes over the network, that nobody else can change.
      const copy = parseJsonObject(Buffer.from(JSON.stringify(answer) ?? ''));
      if (copy !== undefined) return copy;
      throw new IntrospectionFailed('malformed', 'ask gave no answer of RFC 7662');
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
      "introspection.endpoint is an https URL (http on loopback and on hosts of allowHttp only) without credentials. Write: endpoint: 'https://as.acme.com/introspect'",
    );
  }
  // The operator's own, where the client has one: it presents the certificate.
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
          // Without the hint some servers call a live refresh token an active access token.
          additionalParameters: { token_type_hint: 'access_token' },
          requestJwtResponse: signed,
          signal: question.signal,
          [library.customFetch]: (target, init) => fetch(target, init as RequestInit),
          // Which addresses may be asked is decided above: http on loopback only.
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
        throw new IntrospectionFailed('not_json', 'The answer is signed, which was not asked for');
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

/** What fails otherwise than with an `IntrospectionFailed` fails with this one. */
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
  credentials: 'Our own credentials could not be made',
  ask: 'The function ask failed',
} as const;
