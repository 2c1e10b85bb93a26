import {
  type AuthEvent,
  type CredentialSource,
  createResourceServer,
  type DpopOptions,
  type IntrospectionOptions,
  type MtlsOptions,
} from '@authly/core';
import type { AudienceProvider } from '@authly/core/providers';
import type { TestCertificate } from '@authly/testing';
import * as dpop from 'dpop';
import { type Framework, frameworks } from '../../support/frameworks.ts';
import { listen } from '../../support/requests.ts';
import { listenByTls, sendByTls } from '../../support/tls.ts';
import { textIn } from './json-members.ts';
import type { Answers } from './workbench.ts';

/** The audience of all tokens, and the one scope that clients ask for. */
export const AUDIENCE = 'https://api.parcels.example';
export const SCOPE = 'parcels:read';

/** The options of the API, without its audience. */
export interface ApiOptions {
  readonly issuer: AudienceProvider;
  readonly introspection?: IntrospectionOptions;
  readonly dpop?: DpopOptions;
  readonly mtls?: MtlsOptions;
  /**
   * Used to fetch keys and to introspect tokens, where this process does not trust the server's
   * certificate.
   */
  readonly fetch?: typeof globalThis.fetch;
  /** Where the token is read from. Default: the header `Authorization`. */
  readonly credentials?: CredentialSource;
}

/** What a caller sends. Without `token` the caller is anonymous. */
export interface Caller {
  readonly token?: string | undefined;
  /** The key that the caller signs a DPoP proof with; the scheme is then `DPoP`. */
  readonly key?: dpop.KeyPair;
  /** One proof for all requests. Default: each request gets a new proof. */
  readonly sameProof?: boolean;
  /** The certificate of the caller's TLS connection. */
  readonly certificate?: TestCertificate;
  /** Headers that are sent in addition to the token, or instead of it. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * The origins of the front doors to send requests to, by the name of the framework behind each.
   */
  readonly through?: Readonly<Record<string, string>>;
  /** The header `Cookie` for each front door. */
  readonly cookies?: Readonly<Record<string, string>>;
}

/** The API under test: one server for each framework. */
export interface ApiUnderTest {
  /**
   * Sends the caller's request to every route of every framework, and describes what the API saw.
   */
  visitedBy(caller: Caller): Promise<Answers>;
  /** The origin of each API, by the framework's name. */
  readonly origins: Readonly<Record<string, string>>;
}

interface Running {
  readonly name: string;
  readonly origin: string;
  readonly events: readonly AuthEvent[];
  readonly close: () => void;
}

/**
 * What {@link ApiUnderTest.visitedBy} returns for a user: admitted as a user, refused at the routes
 * for machines, admitted by scope.
 */
export function user(userId: string, clientId: string): string {
  return `user ${userId} of ${clientId}`;
}

/**
 * What {@link ApiUnderTest.visitedBy} returns for a machine: admitted as a machine, refused at the
 * routes for users, admitted by scope.
 */
export function machine(clientId: string): string {
  return `machine ${clientId}`;
}

/** What {@link ApiUnderTest.visitedBy} returns if every route refuses the caller. */
export function refused(code: string, reason: string): string {
  return `401 ${code}: ${reason}`;
}

/** How the API is served. */
export interface ServingOptions extends ApiOptions {
  /** Whether the API uses TLS, so that it sees client certificates. */
  readonly tls?: boolean;
  /** The audience that tokens must have. Default {@link AUDIENCE}. */
  readonly audience?: string;
  /** Whether the tokens have the scope. Default `true`; some servers know no scopes. */
  readonly scoped?: boolean;
}

/** Serves the API in every framework while `meet` runs. */
export async function withApis(
  { tls = false, scoped = true, audience = AUDIENCE, ...options }: ServingOptions,
  meet: (api: ApiUnderTest) => Promise<void>,
): Promise<void> {
  const apis: Running[] = [];
  try {
    for (const framework of frameworks)
      apis.push(await serve(framework, { ...options, audience }, tls));
    await meet({
      origins: Object.fromEntries(apis.map(({ name, origin }) => [name, origin])),
      async visitedBy(caller) {
        const answers: [string, string][] = [];
        for (const api of apis) answers.push([api.name, await visit(api, caller, scoped)]);
        return Object.fromEntries(answers);
      },
    });
  } finally {
    for (const { close } of apis) close();
  }
}

async function serve(
  { name, authenticate, createApp, kit }: Framework,
  { credentials, ...options }: ApiOptions & { readonly audience: string },
  tls: boolean,
): Promise<Running> {
  const events: AuthEvent[] = [];
  const server = createResourceServer({
    ...options,
    onEvent: (event) => void events.push(event),
  });
  const app = createApp(({ use, route }) => {
    use(authenticate(server, credentials && { credentials }));
    route('/me', ({ principal }) => principal);
    route('/people', kit.requireUser(), ({ principal }) => principal);
    route('/machines', kit.requireClient(), ({ principal }) => principal);
    route('/parcels', kit.requireScope(SCOPE), ({ principal }) => principal);
  });
  const running = await (tls ? listenByTls(app.listener) : listen(app.listener));
  const close = () => {
    running.close();
    server.close();
  };
  return { name, origin: running.origin, events, close };
}

async function visit(
  { name, origin: ownOrigin, events }: Running,
  caller: Caller,
  scoped: boolean,
): Promise<string> {
  const origin = caller.through?.[name] ?? ownOrigin;
  const cookie = caller.cookies?.[name];
  const headers = { ...caller.headers, ...(cookie !== undefined && { cookie }) };
  const seen = events.length;
  const proof = caller.sameProof === true ? await proofFor(caller, '/me') : undefined;
  const get = async (path: string) =>
    ask(`${origin}${path}`, { ...caller, headers }, proof ?? (await proofFor(caller, path)));
  const me = await get('/me');
  const again = caller.sameProof === true ? [await get('/me')] : [];
  const [people, machines, parcels] = [
    await get('/people'),
    await get('/machines'),
    await get('/parcels'),
  ];
  if (me.status !== 200) {
    const reasons = new Set(
      events
        .slice(seen)
        .flatMap((event) => (event.type === 'request.refused' ? [event.reason] : [])),
    );
    return `${me.status} ${textIn(me.body, 'error')}: ${[...reasons].join(', ')}`;
  }
  if (again[0] !== undefined) {
    return `${me.status}, then ${again[0].status} ${textIn(again[0].body, 'error')}`;
  }
  const isUser = textIn(me.body, 'kind') === 'user';
  const [userId, clientId] = [textIn(me.body, 'userId'), textIn(me.body, 'clientId')];
  const who = isUser ? user(userId, clientId) : machine(clientId);
  const statuses = [people.status, machines.status, parcels.status].join(' ');
  const guarded = `${isUser ? '200 403' : '403 200'} ${scoped ? 200 : 403}`;
  return statuses === guarded ? who : `${who}, but ${statuses}`;
}

async function proofFor({ key, token = '' }: Caller, path: string): Promise<string | undefined> {
  return key && (await dpop.generateProof(key, `${AUDIENCE}${path}`, 'GET', undefined, token));
}

async function ask(
  url: string,
  { token, key, certificate, headers: others }: Caller,
  proof: string | undefined,
): Promise<{ readonly status: number; readonly body: unknown }> {
  const scheme = key === undefined ? 'Bearer' : 'DPoP';
  const headers = {
    ...others,
    ...(token !== undefined && { authorization: `${scheme} ${token}` }),
    ...(proof !== undefined && { dpop: proof }),
  };
  if (url.startsWith('https:')) return sendByTls(url, { headers, certificate });
  const response = await fetch(url, { headers });
  return { status: response.status, body: await response.json() };
}
