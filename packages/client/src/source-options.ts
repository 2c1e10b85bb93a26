import {
  ConfigurationError,
  checkOptions,
  type IntrospectionClient,
  isEndpointUrl,
  isScopeToken,
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
  /**
   * The authorization server's issuer identifier, exactly as in its metadata. https; http only on loopback
   * and on hosts of `allowHttp`.
   */
  readonly issuer: string;
  /**
   * How this service authenticates at the server, for example
   * `clientSecretBasic('orders-api', () => readFile(…))`.
   */
  readonly client: ClientAuthentication;
  /**
   * The API that tokens are for: an absolute URI without a fragment, as the server knows it (RFC 8707 §2).
   * With a list, one token is asked for that is for all of them.
   */
  readonly resource?: string | readonly string[];
  /**
   * Scopes to ask for: a list, or one string with spaces between them. Default: none, so that the server
   * decides.
   */
  readonly scope?: string | readonly string[];
  /** Further parameters for the token endpoint, such as `{ audience: '…' }` for Auth0, Hydra and Keycloak. */
  readonly parameters?: Readonly<Record<string, string | readonly string[]>>;
  /** Origins that the token may be sent to. Default: the origins of `resource`. */
  readonly origins?: readonly string[];
  /**
   * Binds tokens to a key of this process (RFC 9449). If the server still answers with a `Bearer` token, that
   * is an error (`not_bound`). Default `false`.
   */
  readonly dpop?: boolean;
  /** How `onBehalfOf` asks for an exchange. Default `standard` (RFC 8693). */
  readonly exchange?: ExchangeDialect;
  /** The token endpoint, for a server without metadata. */
  readonly tokenEndpoint?: string;
  /** Hosts that may be called over http, in addition to loopback. For servers inside a cluster. */
  readonly allowHttp?: readonly string[];
  /**
   * Time limit for fetching one token, including discovery and repeated requests. Milliseconds, 50 to 60,000.
   * Default 10,000.
   */
  readonly timeoutMs?: number;
  /**
   * How many exchanged tokens are kept, 1 to 100,000. The least recently used one is dropped first. Default
   * 1,000.
   */
  readonly maxSubjects?: number;
  readonly onEvent?: TokenEventListener;
  /** Sends the requests to the server and to APIs. Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
  /** For tests. */
  readonly clock?: SourceClock;
  /** Returns random numbers, uniform in [0, 1). They vary the times of refreshes and retries. For tests. */
  readonly random?: () => number;
}

/** {@link TokenSourceOptions}, checked and with all defaults. */
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
  allowHttp: true,
  timeoutMs: true,
  maxSubjects: true,
  onEvent: true,
  fetch: true,
  clock: true,
  random: true,
};

const LINE =
  "tokenSource({ issuer: 'https://as.acme.com', client: clientSecretBasic('orders-api', process.env.SECRET ?? ''), resource: 'https://billing.acme.com' })";

/** Checks the options and sets every default. Throws a `ConfigurationError` that says the line to write. */
export function resolveSourceOptions(given: TokenSourceOptions): ResolvedSourceOptions {
  checkNoAudience(given);
  const options = checkOptions('tokenSource()', given, OPTIONS, LINE);
  const { issuer, client, tokenEndpoint, dpop = false, exchange = 'standard' } = options;
  const allowHttp = listOf('allowHttp', options.allowHttp ?? []);
  if (!isEndpointUrl(issuer, allowHttp)) {
    throw wrong(
      'issuer must be the https URL of the authorization server (http only on loopback and on hosts of allowHttp)',
      LINE,
    );
  }
  if (tokenEndpoint !== undefined && !isEndpointUrl(tokenEndpoint, allowHttp)) {
    throw wrong('tokenEndpoint must be an https URL', "tokenEndpoint: 'https://as.acme.com/token'");
  }
  if (typeof dpop !== 'boolean') throw wrong('dpop must be true or false', 'dpop: true');
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

/**
 * Refuses the option `audience`, which people write because many servers use that name. The usual hint about
 * option names would mislead here, because elsewhere in Authly `audience` means the API that receives tokens.
 */
function checkNoAudience(given: object): void {
  if (typeof given !== 'object' || given === null || !Object.hasOwn(given, 'audience')) return;
  throw wrong(
    'there is no option audience. Name the API that tokens are for in resource (RFC 8707), or in parameters for a server that wants an audience',
    "resource: 'https://billing.acme.com', or parameters: { audience: 'https://billing.acme.com' }",
  );
}

function resourcesOf({ resource = [] }: TokenSourceOptions): readonly string[] {
  const resources = listOf('resource', resource);
  // RFC 8707 §2: an absolute URI, without a fragment.
  if (resources.every((each) => URL.canParse(each) && !each.includes('#'))) return resources;
  throw wrong(
    'resource must be an absolute URI without a fragment. For a server that knows the API by another name, use audience',
    "parameters: { audience: 'billing-api' }",
  );
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
    'client must say how this service authenticates, by clientSecretBasic, clientSecretPost, privateKeyJwt, tlsClientAuth or workloadToken',
    LINE,
  );
}

function scopesOf({ scope = [] }: TokenSourceOptions): readonly string[] {
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : scope;
  if (Array.isArray(scopes) && scopes.every(isScopeToken)) return Object.freeze([...scopes]);
  throw wrong(
    'scope must be a list of scopes, or one string with spaces between them',
    "scope: 'read:orders write:orders'",
  );
}

/** Parameters that have an option of their own, each with the name of that option. */
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
      'parameters must be an object of strings',
      "parameters: { audience: 'https://api.acme.com' }",
    );
  }
  return Object.freeze(
    Object.entries(parameters).flatMap(([name, value]) => {
      const option = Object.hasOwn(OWN_PARAMETERS, name) ? OWN_PARAMETERS[name] : undefined;
      if (option !== undefined)
        throw wrong(`parameters.${name} belongs in the option ${option}`, LINE);
      if (
        /^(?:grant_type|assertion|requested_token_(?:use|type)|subject_token.*|actor_token.*)$/.test(
          name,
        )
      ) {
        throw wrong(`parameters.${name} is set by the grant. Leave it out`, LINE);
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
      'origins must be https origins without a path (http only on loopback and on hosts of allowHttp)',
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
      `exchange: '${exchange}' needs the target API as audience`,
      `exchange: '${exchange}', parameters: { audience: '…' }`,
    );
  }
  if (exchange === 'entra') {
    if (scopes.length > 0) return exchange;
    throw wrong(
      "exchange: 'entra' needs a scope of the target API",
      "exchange: 'entra', scope: 'api://billing/.default'",
    );
  }
  throw wrong(
    "exchange must be 'standard', 'keycloak', 'auth0' or 'entra'",
    "exchange: 'standard'",
  );
}

function listOf(name: string, value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((each) => typeof each === 'string' && each !== '')) {
    return Object.freeze(list.filter((each) => typeof each === 'string'));
  }
  throw wrong(`${name} must be a string, or a list of strings`, LINE);
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
  throw wrong(`${name} must be a number from ${min} to ${max}`, `${name}: ${standard}`);
}

function functionOf<Given>(name: string, value: Given): Given {
  if (value === undefined || typeof value === 'function') return value;
  throw wrong(`${name} must be a function`, LINE);
}

function wrong(problem: string, line: string): ConfigurationError {
  return new ConfigurationError(`tokenSource(): ${problem}. Write: ${line}`);
}
