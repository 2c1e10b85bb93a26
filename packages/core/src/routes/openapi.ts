import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { mustBe } from '../lib/option-checks.ts';
import { ownProperty } from '../lib/own-property.ts';
import { ConfigurationError } from '../model/errors.ts';
import type { Scheme } from '../model/scheme.ts';
import { show } from '../requirement/arguments.ts';
import { everyCombination, scopeAlternatives } from '../requirement/asked-scopes.ts';
import type { RouteDescription } from './route-description.ts';
import { parsePath } from './route-path.ts';

/** The flows of an `oauth2` security scheme. `scopes` is made of the routes' scopes. */
export interface OpenapiFlows {
  readonly authorizationCode?: {
    readonly authorizationUrl: string;
    readonly tokenUrl: string;
    readonly refreshUrl?: string;
  };
  readonly clientCredentials?: { readonly tokenUrl: string; readonly refreshUrl?: string };
}

/** How the document says where tokens come from: by itself, by discovery, or by its flows. */
export type OpenapiScheme =
  | { readonly type: 'http' }
  | { readonly type: 'openIdConnect'; readonly openIdConnectUrl: string }
  | { readonly type: 'oauth2'; readonly flows: OpenapiFlows };

/** Options of {@link openapiSecurity}. */
export interface OpenapiSecurityOptions {
  /** The scheme's name in `components.securitySchemes`. Default `bearer`. */
  readonly name?: string;
  /**
   * The name of the scheme for `DPoP` in `components.securitySchemes`. It is added when a route accepts tokens
   * that are bound to a key (RFC 9449). Default `dpop`.
   */
  readonly dpopName?: string;
  /**
   * The name of the scheme `mutualTLS` there, which is added when a route accepts no token without the client
   * certificate that it is bound to (RFC 8705). Default `mutualTLS`.
   */
  readonly mutualTlsName?: string;
  /** Default `{ type: 'http' }`: a bearer token in the `Authorization` header, from any issuer. */
  readonly scheme?: OpenapiScheme;
  /** What scopes mean, for people: `{ 'read:users': 'See users' }`. Used with `oauth2`. */
  readonly scopeDescriptions?: Readonly<Record<string, string>>;
}

const OPTIONS: OptionNames<OpenapiSecurityOptions> = {
  name: mustBe.aText("name: 'bearer'"),
  dpopName: mustBe.aText("dpopName: 'dpop'"),
  mutualTlsName: mustBe.aText("mutualTlsName: 'mutualTLS'"),
  scheme: mustBe.anObject("scheme: { type: 'http' }"),
  scopeDescriptions: mustBe.anObject("scopeDescriptions: { 'read:users': 'See users' }"),
};

/** The part of an operation that says who may call it. */
export interface OpenapiOperation {
  /** Alternatives, of which one is enough; `{}` stands for anonymous requests. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  /** Every requirement in words, also those that OpenAPI cannot express, such as roles. */
  readonly 'x-requirements'?: readonly string[];
}

/** Operations by method in lower case, and the parameters of the path. */
export type OpenapiPathItem = {
  readonly [method in OperationMethod]?: OpenapiOperation;
} & { readonly parameters?: readonly OpenapiPathParameter[] };

interface OpenapiPathParameter {
  readonly name: string;
  readonly in: 'path';
  readonly required: true;
  readonly schema: { readonly type: 'string' };
}

/** Parts of an OpenAPI 3.1 document, to be merged into yours. */
export interface OpenapiSecurity {
  readonly components: {
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
  readonly paths: Readonly<Record<string, OpenapiPathItem>>;
  /** Routes that are not among `paths`, and why. */
  readonly omitted: readonly { readonly route: RouteDescription; readonly why: string }[];
}

// OpenAPI 3.1.0 §4.8.9: the methods that a path item can describe.
const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

type OperationMethod = (typeof METHODS)[number];

/**
 * Turns what routes need into OpenAPI 3.1: a security scheme, and `security` for each operation.
 *
 * A route that only needs scopes is described completely; kinds, roles and the like are in
 * `x-requirements`. A route is in `omitted` and not in `paths` when its description is not complete, or when OpenAPI cannot
 * express its path or its method. Of two routes with one path and
 * method the first counts, since it answers.
 *
 * @throws ConfigurationError for a name that OpenAPI does not allow, or `oauth2` without a flow.
 */
export function openapiSecurity(
  routes: readonly RouteDescription[],
  options: OpenapiSecurityOptions = {},
): OpenapiSecurity {
  const {
    name = 'bearer',
    dpopName = 'dpop',
    mutualTlsName = 'mutualTLS',
    scheme = { type: 'http' },
    scopeDescriptions = {},
  } = checkOptions('openapiSecurity()', options, OPTIONS);
  checkName(name, "{ name: 'bearer' }");
  checkName(dpopName, "{ dpopName: 'dpop' }");
  checkName(mutualTlsName, "{ mutualTlsName: 'mutualTLS' }");
  if (new Set([name, dpopName, mutualTlsName]).size < 3) {
    const twice = name === dpopName ? name : mutualTlsName;
    throw new ConfigurationError(
      `openapiSecurity(): two schemes are named ${show(twice)}. Write: openapiSecurity(routes, { name: 'bearer', dpopName: 'dpop', mutualTlsName: 'mutualTLS' })`,
    );
  }
  const isHttp = scheme.type === 'http';
  const names: SchemeNames = { bearer: name, dpop: dpopName, mutualTls: mutualTlsName, isHttp };
  const paths = new Map<string, PathEntry>();
  const omitted: { readonly route: RouteDescription; readonly why: string }[] = [];
  const described: RouteDescription[] = [];
  for (const route of routes) {
    const place = placeOf(route);
    if (typeof place === 'string') {
      omitted.push({ route, why: place });
      continue;
    }
    described.push(route);
    // Two spellings of one template count as the same path (OpenAPI 3.1.0 §4.8.8.2).
    const shape = place.template.replace(/\{[^}]*\}/g, '{}');
    const entry = paths.get(shape) ?? { ...place, operations: new Map() };
    paths.set(shape, entry);
    for (const method of place.methods) {
      if (!entry.operations.has(method)) entry.operations.set(method, operationOf(route, names));
    }
  }
  const scopes = described.flatMap(({ requirements }) =>
    requirements.flatMap((each) => each.scopes),
  );
  const used = (each: Scheme) => described.some(({ schemes = [] }) => schemes.includes(each));
  const needsBearer = !names.isHttp || used('bearer') || !used('dpop');
  return {
    components: {
      securitySchemes: {
        ...(needsBearer ? { [name]: schemeOf(scheme, scopes, scopeDescriptions) } : {}),
        ...(used('dpop') ? { [dpopName]: DPOP_SCHEME } : {}),
        ...(described.some(({ needsCertificate }) => needsCertificate)
          ? { [mutualTlsName]: MUTUAL_TLS_SCHEME }
          : {}),
      },
    },
    paths: Object.fromEntries([...paths.values()].map((entry) => [entry.template, itemOf(entry)])),
    omitted,
  };
}

/** The schemes by their names in the document. */
interface SchemeNames {
  readonly bearer: string;
  readonly dpop: string;
  readonly mutualTls: string;
  /** Whether the first is the plain scheme `bearer` of HTTP. */
  readonly isHttp: boolean;
}

/** RFC 9449 §7.1: `DPoP` is an HTTP scheme of its own, and OpenAPI allows any registered scheme. */
const DPOP_SCHEME = {
  type: 'http',
  scheme: 'DPoP',
  description: 'An access token that is bound to a key, with a proof in the header DPoP (RFC 9449)',
} as const;

/** OpenAPI 3.1.0 §4.8.27. It says that a certificate is needed; which one, the token says. */
const MUTUAL_TLS_SCHEME = {
  type: 'mutualTLS',
  description: 'The client certificate that the access token is bound to (RFC 8705)',
} as const;

interface Place {
  /** `/users/{id}`. */
  readonly template: string;
  readonly parameters: readonly string[];
  readonly methods: readonly OperationMethod[];
}

interface PathEntry extends Place {
  readonly operations: Map<OperationMethod, OpenapiOperation>;
}

/** Where OpenAPI writes a route, or why it cannot. */
function placeOf({ path, method, unknown }: RouteDescription): Place | string {
  if (path === undefined || unknown.length > 0)
    return unknown.join('; ') || 'its path is not known';
  const segments = parsePath(path);
  const strange = segments.find(({ kind }) => kind !== 'literal' && kind !== 'parameter');
  if (strange !== undefined) return 'OpenAPI has no way to write its path';
  const parameters = segments.flatMap((segment) =>
    segment.kind === 'parameter' ? [segment.name] : [],
  );
  if (new Set(parameters).size < parameters.length) {
    return 'two parameters of its path have one name';
  }
  const methods = METHODS.filter((each) => method === '*' || method.toLowerCase() === each);
  if (methods.length === 0) return `OpenAPI 3.1 has no place for the method ${method}`;
  const parts = segments.map((segment) =>
    segment.kind === 'parameter'
      ? `/{${segment.name}}`
      : `/${'text' in segment ? segment.text : ''}`,
  );
  return { template: parts.join('') || '/', parameters, methods };
}

function operationOf(route: RouteDescription, names: SchemeNames): OpenapiOperation {
  const { requirements, authenticated, optional, schemes = [], needsCertificate } = route;
  if (!authenticated && requirements.length === 0) return { security: [] };
  const alternatives = everyCombination(requirements.map(scopeAlternatives));
  // Guards without authenticate are described with the scheme Bearer.
  const accepted: readonly Scheme[] = schemes.length === 0 ? ['bearer'] : schemes;
  const certificate = needsCertificate ? { [names.mutualTls]: [] } : {};
  const security = alternatives.flatMap((scopes) =>
    accepted.map((each) => ({ ...requirementOf(each, scopes, names), ...certificate })),
  );
  const words = requirements.map(({ description }) => description);
  return {
    security: optional ? [{}, ...security] : security,
    ...(words.length === 0 ? {} : { 'x-requirements': words }),
  };
}

/**
 * The requirement for one scheme. `oauth2` and `openIdConnect` say where a token comes from, and tools assume
 * that it is sent as a bearer token: where it is sent under DPoP, the requirement has both schemes.
 */
function requirementOf(
  scheme: Scheme,
  scopes: readonly string[],
  { bearer, dpop, isHttp }: SchemeNames,
): Readonly<Record<string, readonly string[]>> {
  if (scheme === 'bearer') return { [bearer]: scopes };
  return isHttp ? { [dpop]: scopes } : { [bearer]: scopes, [dpop]: [] };
}

// OpenAPI 3.1.0 §4.8.7.
function checkName(name: string, example: string): void {
  if (/^[\w.-]+$/.test(name)) return;
  throw new ConfigurationError(
    `openapiSecurity(): ${show(name)} cannot name a scheme. Write: openapiSecurity(routes, ${example})`,
  );
}

function itemOf({ parameters, operations }: PathEntry): OpenapiPathItem {
  const declared = parameters.map(
    (name): OpenapiPathParameter => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }),
  );
  return {
    ...(declared.length === 0 ? {} : { parameters: declared }),
    ...Object.fromEntries(operations),
  };
}

function schemeOf(
  scheme: OpenapiScheme,
  scopes: readonly string[],
  descriptions: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> {
  if (scheme.type === 'http') return { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' };
  if (scheme.type === 'openIdConnect') return scheme;
  const flows = Object.entries(scheme.flows);
  if (flows.length === 0) {
    throw new ConfigurationError(
      "openapiSecurity(): oauth2 needs a flow. Write: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://as.acme.com/token' } } }",
    );
  }
  const described = Object.fromEntries(
    [...new Set(scopes)].map((scope) => [scope, ownProperty(descriptions, scope) ?? '']),
  );
  return {
    type: 'oauth2',
    flows: Object.fromEntries(flows.map(([flow, urls]) => [flow, { ...urls, scopes: described }])),
  };
}
