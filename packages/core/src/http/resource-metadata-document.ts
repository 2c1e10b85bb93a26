import { checkOptions } from '../lib/check-options.ts';
import { isEndpointUrl } from '../lib/endpoint-url.ts';
import { decodeBase64Url, parseJsonObject } from '../lib/json.ts';
import { isScopeToken } from '../lib/scope-token.ts';
import { ConfigurationError } from '../model/errors.ts';
import { show } from '../requirement/arguments.ts';
import type { Requirement } from '../requirement/requirement.ts';

/** What a resource says about itself beside what its resource server knows (RFC 9728 §2). */
export interface ResourceMetadataOptions {
  /** `scopes_supported`: scopes that clients may ask for. Left out when there are none. */
  readonly scopes?: readonly string[];
  /**
   * Scopes that a 401 names in its challenge (RFC 6750 §3) when the request has no token, or none that
   * is valid, so that the client's first token has them. It is for an API whose routes all need these scopes,
   * because the scopes of guards are not known yet when such a request is refused. Default: none are named, and
   * clients ask for `scopes`. It is not in the document, and no request is checked by it.
   */
  readonly challengeScopes?: readonly string[];
  /** Requirements of guards in use: their scopes are added to `scopes_supported`. */
  readonly requirements?: readonly Requirement[];
  /** `authorization_servers`: issuer identifiers. Default: the configured issuers. */
  readonly authorizationServers?: readonly string[];
  /** `resource_name`: for people. */
  readonly name?: string;
  /** `resource_documentation`, a URL. */
  readonly documentation?: string;
  /** `resource_policy_uri`, a URL. */
  readonly policy?: string;
  /** `resource_tos_uri`, a URL. */
  readonly termsOfService?: string;
  /** `authorization_details_types_supported` (RFC 9396). */
  readonly authorizationDetailsTypes?: readonly string[];
  /** `jwks_uri`: keys with which this resource signs its own answers, an https URL. */
  readonly jwksUri?: string;
  /** `resource_signing_alg_values_supported`: how this resource signs its own answers; not `none`. */
  readonly signingAlgorithms?: readonly string[];
  /**
   * `signed_metadata` (RFC 9728 §2.2): a JWT with these members as claims, signed by the operator. Its
   * claims take precedence over the document. Only its form, `iss` and `resource` are checked here.
   */
  readonly signedMetadata?: string;
  /** Further members, such as `resource_name#fr` (RFC 9728 §2.1); none that another option sets. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** How long clients and proxies may keep the document, in seconds. Default 300. */
  readonly maxAgeSec?: number;
}

/**
 * What the document says about bound tokens (RFC 9728 §2), from the configuration of the resource
 * server.
 */
export interface BindingMetadata {
  /** `undefined` where tokens that are bound to a key are refused. */
  readonly dpop: DpopMetadata | undefined;
  /** Whether tokens that are bound to a client certificate are accepted (RFC 8705 §3.3). */
  readonly mtls: boolean;
}

/** What the document says about proofs. */
export interface DpopMetadata {
  /** Whether tokens that are not bound are refused. */
  readonly required: boolean;
  /** Names of accepted algorithms. */
  readonly algorithms: readonly string[];
}

/** Each option, and the line to write. */
const EXAMPLES = {
  scopes: "scopes: ['read:users']",
  challengeScopes: "challengeScopes: ['read:users']",
  requirements: "requirements: [scope('read:users')]",
  authorizationServers: "authorizationServers: ['https://as.acme.com']",
  name: "name: 'Users'",
  documentation: "documentation: 'https://api.acme.com/docs'",
  policy: "policy: 'https://api.acme.com/policy'",
  termsOfService: "termsOfService: 'https://api.acme.com/terms'",
  authorizationDetailsTypes: "authorizationDetailsTypes: ['payment']",
  jwksUri: "jwksUri: 'https://api.acme.com/jwks'",
  signingAlgorithms: "signingAlgorithms: ['ES256']",
  signedMetadata: 'signedMetadata: await new SignJWT(claims).setIssuer(…).sign(key)',
  members: "members: { 'resource_name#fr': 'Utilisateurs' }",
  maxAgeSec: 'maxAgeSec: 300',
} as const satisfies Required<Readonly<Record<keyof ResourceMetadataOptions, string>>>;

/**
 * The metadata document of a resource (RFC 9728 §2, §3.2), as JSON. Members without a value are left
 * out. `issuers` are the configured ones. An issuer that cannot be the identifier of an authorization server
 * (RFC 8414 §2) is left out.
 *
 * @throws ConfigurationError for an option that is unknown or malformed, or without any
 *   authorization server.
 */
export function metadataDocument(
  resource: string,
  issuers: readonly string[],
  options: ResourceMetadataOptions,
  { dpop, mtls }: BindingMetadata = NO_BINDING,
): string {
  checkOptions('protectedResourceMetadata()', options, EXAMPLES);
  const { members = {} } = options;
  list('challengeScopes', options, isScopeToken);
  const document = {
    resource,
    authorization_servers: authorizationServers(issuers, options.authorizationServers),
    jwks_uri: checked('jwksUri', options.jwksUri, isEndpointUrl, 'not an https URL'),
    scopes_supported: scopesSupported(options),
    // RFC 6750 §2.1 alone: tokens in forms and queries are not looked at.
    // An empty list says that no Bearer token is accepted at all.
    bearer_methods_supported: dpop?.required === true ? [] : ['header'],
    resource_signing_alg_values_supported: list('signingAlgorithms', options, isAlgorithmName),
    resource_name: checked('name', options.name, isText, 'not a non-empty string'),
    resource_documentation: checked('documentation', options.documentation, isPage, NO_PAGE),
    resource_policy_uri: checked('policy', options.policy, isPage, NO_PAGE),
    resource_tos_uri: checked('termsOfService', options.termsOfService, isPage, NO_PAGE),
    tls_client_certificate_bound_access_tokens: mtls,
    authorization_details_types_supported: list('authorizationDetailsTypes', options, isText),
    dpop_signing_alg_values_supported: dpop?.algorithms,
    dpop_bound_access_tokens_required: dpop?.required === true,
    signed_metadata: signedMetadata(resource, options.signedMetadata),
  };
  const taken = Object.keys(members).find((member) => Object.hasOwn(document, member));
  if (taken !== undefined) throw fault('members', `${show(taken)} is set by an option of its own`);
  return jsonOf({ ...document, ...members });
}

const NO_BINDING: BindingMetadata = Object.freeze({ dpop: undefined, mtls: false });

const NO_PAGE = 'not the absolute URL of a page';

function authorizationServers(
  issuers: readonly string[],
  listed: readonly string[] | undefined,
): readonly string[] {
  const wrong = listed?.find((server) => !isIssuerIdentifier(server));
  if (wrong !== undefined) {
    throw fault(
      'authorizationServers',
      `${show(wrong)} is not an https URL without query and fragment`,
    );
  }
  const servers = listed ?? issuers.filter(isIssuerIdentifier);
  if (servers.length > 0) return servers;
  throw fault(
    'authorizationServers',
    'at least one is needed, and no issuer of this server can be one',
  );
}

// RFC 8414 §2. Plain characters only: an issuer with a placeholder means many issuers.
function isIssuerIdentifier(value: unknown): value is string {
  return isEndpointUrl(value) && /^[\w\-.~:/@!$&'()*+,;=%[\]]+$/.test(value);
}

function scopesSupported(options: ResourceMetadataOptions): readonly string[] | undefined {
  const { scopes = [], requirements = [] } = options;
  const all = [...scopes, ...requirements.flatMap((requirement) => requirement.scopes)];
  return list('scopes', { scopes: [...new Set(all)] }, isScopeToken);
}

function signedMetadata(resource: string, jwt: string | undefined): string | undefined {
  if (jwt === undefined) return undefined;
  const [header, payload, signature, ...rest] = typeof jwt === 'string' ? jwt.split('.') : [];
  const parameters = jsonSegment(header);
  const claims = jsonSegment(payload);
  if (parameters === undefined || claims === undefined || !signature || rest.length > 0) {
    throw fault('signedMetadata', 'it is not a signed JWT in compact form');
  }
  if (parameters['alg'] === 'none' || typeof claims['iss'] !== 'string') {
    throw fault('signedMetadata', 'it must be signed, and name in iss who signed it');
  }
  if (claims['resource'] !== undefined && claims['resource'] !== resource) {
    throw fault('signedMetadata', `its claim resource is not ${resource}`);
  }
  return jwt;
}

function jsonSegment(segment: string | undefined): Readonly<Record<string, unknown>> | undefined {
  const bytes = segment === undefined ? undefined : decodeBase64Url(segment);
  return bytes === undefined ? undefined : parseJsonObject(bytes);
}

// RFC 9728 §3.2: a member without values is left out.
function list(
  option: 'scopes' | 'challengeScopes' | 'signingAlgorithms' | 'authorizationDetailsTypes',
  { [option]: values = [] }: ResourceMetadataOptions,
  isOne: (value: unknown) => boolean,
): readonly string[] | undefined {
  const wrong = values.find((value) => !isOne(value));
  if (wrong !== undefined) throw fault(option, `${show(wrong)} is not one of them`);
  return values.length === 0 ? undefined : values;
}

function checked(
  option: keyof ResourceMetadataOptions,
  value: string | undefined,
  isRight: (value: unknown) => boolean,
  problem: string,
): string | undefined {
  if (value === undefined || isRight(value)) return value;
  throw fault(option, `${show(value)} is ${problem}`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

// RFC 9728 §2: `none` must not be used.
function isAlgorithmName(value: unknown): boolean {
  return isText(value) && value !== 'none';
}

function isPage(value: unknown): boolean {
  return isText(value) && /^https?:/i.test(value) && URL.canParse(value);
}

function jsonOf(document: Readonly<Record<string, unknown>>): string {
  try {
    return JSON.stringify(document);
  } catch {
    throw fault('members', 'they cannot be written as JSON');
  }
}

function fault(option: keyof ResourceMetadataOptions, problem: string): ConfigurationError {
  return new ConfigurationError(
    `protectedResourceMetadata(): ${option}: ${problem}. Write: { ${EXAMPLES[option]} }`,
  );
}
