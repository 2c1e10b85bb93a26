import {
  ConfigurationError,
  checkOptions,
  type IntrospectionClient,
  isEndpointUrl,
  isScopeToken,
  mustBe,
  namesUnsetVariable,
  type OptionNames,
  systemRandom,
} from '@authly/core/client';
import type { TokenEventListener } from './client-events.ts';
import { type ResolvedClock, resolveClock, type SourceClock } from './source-clock.ts';
import type { ExchangeDialect, Target } from './token-grant.ts';

/** How this service authenticates: the result of `clientSecretBasic` or a similar function. */
export type ClientAuthentication = IntrospectionClient;

/** Options of `tokenSource`. */
export interface TokenSourceOptions {
  /** The authorization server's issuer identifier, to the letter. https; http on loopback only. */
  readonly issuer: string;
  /** How this service authenticates there: `clientSecretBasic('orders-api', () => readFile(…))`. */
  readonly client: ClientAuthentication;
  /**
   * The API that tokens are for: an absolute URI without a fragment, as the server knows it (RFC 8707 §2).
   * Several: one token for all.
   */
  readonly resource?: string | readonly string[];
  /** Scopes to ask for: a list, or text with spaces. Default: what the server gives by itself. */
  readonly scope?: string | readonly string[];
  /** What else this server's token endpoint wants: `{ audience: '…' }` for Auth0, Hydra and Keycloak. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
  /** Where the token may be sent. Default: the origins of `resource`. */
  readonly origins?: readonly string[];
  /** Binds tokens to a key of this process (RFC 9449). A server that answers `Bearer` is then an error. */
  readonly dpop?: boolean;
  /** How `onBehalfOf` asks for an exchange. Default `standard` (RFC 8693). */
  readonly exchange?: ExchangeDialect;
  /** The token endpoint, for a server without metadata. */
  readonly tokenEndpoint?: string;
  /** Hosts that may be asked over http, beside the machine itself: inside a cluster. */
  readonly allowHttp?: readonly string[];
  /** Time limit of one request for a token, everything together. Milliseconds, 50 to 60,000. Default 10,000. */
  readonly timeoutMs?: number;
  /** Exchanged tokens that are kept, 1 to 100,000; the least recently used goes first. Default 1,000. */
  readonly maxSubjects?: number;
  readonly onEvent?: TokenEventListener;
  /** Makes the requests, to the server and to APIs. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** For tests. */
  readonly clock?: SourceClock;
  /** Uniform in [0, 1), for jitter. For tests. */
  readonly random?: () => number;
}

/** {@link TokenSourceOptions} checked and complete. */
export interface ResolvedSourceOptions {
  readonly issuer: string;
  readonly client: ClientAuthentication;
  readonly clientId: string;
  readonly target: Target;
  readonly origins: readonly string[];
  readonly dpop: boolean;
  readonly exchange: ExchangeDialect;
  readonly tokenEndpoint: string | undefined;
  readonly allowHttp: readonly string[];
  readonly timeoutMs: number;
  readonly maxSubjects: number;
  readonly onEvent: TokenEventListener | undefined;
  readonly fetch: typeof globalThis.fetch;
  readonly clock: ResolvedClock;
  readonly random: () => number;
}

const OPTIONS: OptionNames<TokenSourceOptions> = {
  issuer: true,
  client: true,
  resource: true,
  scope: true,
  parameters: true,
  origins: true,
  dpop: true,
  exchange: true,
  tokenEndpoint: true,
  allowHttp: mustBe.notNull("allowHttp: ['keycloak']"),
  timeoutMs: true,
  maxSubjects: true,
  onEvent: true,
  fetch: true,
  clock: mustBe.aClock,
  random: true,
};

const LINE =
  "tokenSource({ issuer: 'https://as.acme.com', client: clientSecretBasic('orders-api', process.env.SECRET ?? ''), resource: 'https://billing.acme.com' })";

/** Checks the options and decides every default. Throws `ConfigurationError` that says the line to write. */
export function resolveSourceOptions(given: TokenSourceOptions): ResolvedSourceOptions {
  checkNoAudience(given);
  const options = checkOptions('tokenSource()', given, OPTIONS, LINE);
  const { issuer, client, tokenEndpoint, dpop = false, exchange = 'standard' } = options;
  const allowHttp = listOf('allowHttp', options.allowHttp ?? []);
  if (!isEndpointUrl(issuer, allowHttp)) {
    throw wrong(
      'issuer is the https URL of the authorization server (http on loopback only)',
      LINE,
    );
  }
  if (tokenEndpoint !== undefined && !isEndpointUrl(tokenEndpoint, allowHttp)) {
    throw wrong('tokenEndpoint is an https URL', "tokenEndpoint: 'https://as.acme.com/token'");
  }
  checkSet({ issuer, tokenEndpoint });
  if (typeof dpop !== 'boolean') throw wrong('dpop is true or false', 'dpop: true');
  const resources = resourcesOf(options);
  const target = { resources, scopes: scopesOf(options), parameters: parametersOf(options) };
  return Object.freeze({
    issuer,
    client,
    clientId: clientIdOf(client),
    target,
    origins: originsOf(options, resources, allowHttp),
    dpop,
    exchange: dialectOf(exchange, target),
    tokenEndpoint,
    allowHttp,
    timeoutMs: numberOf('timeoutMs', options.timeoutMs, 10_000, 50, 60_000),
    maxSubjects: numberOf('maxSubjects', options.maxSubjects, 1_000, 1, 100_000),
    onEvent: functionOf('onEvent', options.onEvent),
    fetch: functionOf('fetch', options.fetch) ?? globalThis.fetch,
    clock: resolveClock(options.clock),
    random: functionOf('random', options.random) ?? systemRandom,
  });
}

/** Many servers call it so. Elsewhere in Authly an audience is that of an API, so the usual hint would mislead. */
function checkNoAudience(given: object): void {
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, 'audience')) return;
  throw wrong(
    'the API that tokens are for is resource (RFC 8707), and for servers that want an audience, a parameter',
    "resource: 'https://billing.acme.com', or parameters: { audience: 'https://billing.acme.com' }",
  );
}

function resourcesOf({ resource = [] }: TokenSourceOptions): readonly string[] {
  const resources = listOf('resource', resource);
  // RFC 8707 §2: an absolute URI, without a fragment.
  for (const resource of resources) checkSet({ resource });
  if (resources.every((each) => URL.canParse(each) && !/[#\s]/.test(each))) return resources;
  throw wrong(
    'resource is an absolute URI without a fragment; other names of an API mostly go into audience',
    "parameters: { audience: 'billing-api' }",
  );
}

/** JavaScript writes the words undefined and null into a text without an error. */
function checkSet(given: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || !namesUnsetVariable(value)) continue;
    throw wrong(
      `${name} holds the word undefined or null: a variable that it is made of is not set. Set it`,
      LINE,
    );
  }
}

function clientIdOf(client: unknown): string {
  const isMade =
    typeof client === 'object' &&
    client !== null &&
    'authentication' in client &&
    typeof client.authentication === 'function';
  const clientId = isMade && 'clientId' in client ? client.clientId : undefined;
  if (typeof clientId === 'string') return clientId;
  throw wrong(
    'client says who this service is: clientSecretBasic, clientSecretPost, privateKeyJwt, tlsClientAuth or workloadToken makes it',
    LINE,
  );
}

function scopesOf({ scope = [] }: TokenSourceOptions): readonly string[] {
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : scope;
  if (Array.isArray(scopes) && scopes.every(isScopeToken)) return Object.freeze([...scopes]);
  throw wrong('scope is text with spaces, or a list', "scope: 'read:orders write:orders'");
}

/** Parameters that have an option of their own, or that the grant decides. */
const OWN_PARAMETERS: Readonly<Record<string, string>> = {
  scope: 'scope',
  resource: 'resource',
  client_id: 'client',
  client_secret: 'client',
  client_assertion: 'client',
  client_assertion_type: 'client',
};

function parametersOf({ parameters = {} }: TokenSourceOptions): Target['parameters'] {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) {
    throw wrong(
      'parameters is an object of texts',
      "parameters: { audience: 'https://api.acme.com' }",
    );
  }
  return Object.freeze(
    Object.entries(parameters).flatMap(([name, value]) => {
      const option = Object.hasOwn(OWN_PARAMETERS, name) ? OWN_PARAMETERS[name] : undefined;
      if (option !== undefined) throw wrong(`parameters.${name} belongs into ${option}`, LINE);
      if (
        /^(?:grant_type|assertion|requested_token_(?:use|type)|subject_token.*|actor_token.*)$/.test(
          name,
        )
      ) {
        throw wrong(`parameters.${name} is decided by the grant: leave it out`, LINE);
      }
      return listOf(`parameters.${name}`, value).map((each) => [name, each] as const);
    }),
  );
}

function originsOf(
  { origins }: TokenSourceOptions,
  resources: readonly string[],
  allowHttp: readonly string[],
): readonly string[] {
  const may = (url: string) => isEndpointUrl(url, allowHttp);
  if (origins === undefined) {
    return Object.freeze(resources.filter(may).map((resource) => new URL(resource).origin));
  }
  for (const origin of listOf('origins', origins)) {
    if (may(origin) && new URL(origin).origin === origin) continue;
    throw wrong(
      'origins are https origins without a path (http on loopback only)',
      "origins: ['https://billing.acme.com']",
    );
  }
  return Object.freeze([...origins]);
}

function dialectOf(exchange: unknown, { parameters, scopes }: Target): ExchangeDialect {
  if (exchange === 'standard') return exchange;
  if (exchange === 'keycloak' || exchange === 'auth0') {
    if (parameters.some(([name]) => name === 'audience')) return exchange;
    throw wrong(
      `exchange: '${exchange}' needs the target as audience`,
      `exchange: '${exchange}', parameters: { audience: '…' }`,
    );
  }
  if (exchange === 'entra') {
    if (scopes.length > 0) return exchange;
    throw wrong(
      "exchange: 'entra' needs a scope of the target",
      "exchange: 'entra', scope: 'api://billing/.default'",
    );
  }
  throw wrong("exchange is 'standard', 'keycloak', 'auth0' or 'entra'", "exchange: 'standard'");
}

function listOf(name: string, value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((each) => typeof each === 'string' && each !== '')) {
    return Object.freeze(list.filter((each) => typeof each === 'string'));
  }
  throw wrong(`${name} is text, or a list of texts`, LINE);
}

function numberOf(
  name: string,
  value: unknown,
  standard: number,
  min: number,
  max: number,
): number {
  if (value === undefined) return standard;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw wrong(`${name} is a number from ${min} to ${max}`, `${name}: ${standard}`);
}

const FUNCTION_LINES = {
  onEvent: 'onEvent: (event) => log.warn(event)',
  fetch: 'fetch: certificateFetch({ certificate, key })',
  random: 'random: () => 0.5',
} as const;

function functionOf<Given>(name: keyof typeof FUNCTION_LINES, value: Given): Given {
  if (value === undefined || typeof value === 'function') return value;
  throw wrong(`${name} is a function`, FUNCTION_LINES[name]);
}

function wrong(problem: string, line: string): ConfigurationError {
  return new ConfigurationError(`tokenSource(): ${problem}. Write: ${line}`);
}
