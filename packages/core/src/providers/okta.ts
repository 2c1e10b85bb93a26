import { ConfigurationError } from '../model/errors.ts';
import type { TokenClaims } from '../model/principal.ts';
import { entityProfileOf } from './internal/actor-profile.ts';
import {
  claimOf,
  has,
  listOf,
  scopeListOf,
  scopeStringOf,
  stringOf,
} from './internal/claim-readers.ts';
import { asAgent, asClient, asUnknown, asUser } from './internal/classification.ts';
import {
  audienceProvider,
  checkExclusive,
  checkSole,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkDomain, checkIssuer } from './internal/issuer-url.ts';
import { ANY_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider, Classification } from './provider.ts';

/** Options of {@link okta}, beside a domain. */
export type OktaServerOptions = ProviderOptions & {
  /** Id of the custom authorization server: `default`, or `aus…`. */
  readonly authorizationServer: string;
};

/** Options of {@link okta}: domain and authorization server, or the issuer. */
export type OktaOptions =
  | (OktaServerOptions & { readonly domain: string; readonly issuer?: never })
  | (ProviderOptions & {
      readonly issuer: string;
      readonly domain?: never;
      readonly authorizationServer?: never;
    });

const SERVER_OPTIONS: OwnOptionNames<OktaServerOptions> = { authorizationServer: true };

const OPTIONS: OwnOptionNames<OktaOptions> = {
  domain: true,
  issuer: true,
  authorizationServer: true,
};

/**
 * A custom authorization server of Okta: `okta('acme.okta.com', { authorizationServer: 'default' })`,
 * or its issuer: `okta('https://acme.okta.com/oauth2/default')`.
 *
 * - Provider: create a custom authorization server, or use `default`. Tokens of the org server
 *   (`https://acme.okta.com`) are for Okta's own APIs and must not be verified: they are refused.
 * - Rule: `uid` and `cid` → user. No `uid`, and `cid` → client. `sub_profile` of a service or an
 *   agent → client. Else refused. These claims are reserved: no mapping sets them.
 * - Agents: a client with `sub_profile: 'ai_agent'` has `agent: true`; an `actor` has `profile: 'agent'` or
 *   `'service'` by its own `sub_profile`, else its `client_profile`.
 * - User id: `uid`, not `sub`, which is an editable mapping and often an e-mail address. Client id:
 *   `cid`, or an agent's `sub`.
 * - Authority: `scp` list (agents: `scope` string), `groups` when you configure that claim.
 * - Pitfall: a custom domain is another issuer; use the one that the tokens carry.
 *
 * Per documentation as of September 2026:
 * https://developer.okta.com/docs/concepts/oauth-claims/
 * https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/
 *
 * @throws ConfigurationError for a bad issuer, a missing authorization server, or bad key options.
 */
export function okta(domain: string, options: OktaServerOptions): AudienceProvider;
export function okta(target: `https://${string}` | OktaOptions): AudienceProvider;
export function okta(target: string | OktaOptions, server?: OktaServerOptions): AudienceProvider {
  const options = typeof target === 'string' ? targetOf(target, server) : target;
  const issuer = checkIssuer('okta', issuerOf(presetOptions('okta', options, OPTIONS)), {
    trailingSlash: 'forbidden',
    path: { pattern: /^\/oauth2\/[^/]+$/, example: 'https://acme.okta.com/oauth2/default' },
  });
  return audienceProvider(
    {
      preset: 'okta',
      issuer,
      keys: openIdMetadata(issuer),
      types: ANY_TYPE,
      requiredClaims: ['aud', 'sub', 'iat'],
      classify,
      actorProfile: entityProfileOf,
      authority: { scopes: scopesOf, groups: (claims) => listOf(claims, 'groups') },
    },
    options,
  );
}

function targetOf(target: string, server: OktaServerOptions | undefined): OktaOptions {
  if (target.includes('://')) {
    if (server === undefined) return { issuer: target };
    throw new ConfigurationError(
      `okta: '${target}' is not a domain; write okta({ issuer: '${target}' })`,
    );
  }
  if (server === undefined) throw missingServer(target);
  return { ...presetOptions('okta', server, SERVER_OPTIONS), domain: target };
}

function issuerOf(options: OktaOptions): string {
  const line = "okta('acme.okta.com', { authorizationServer: 'default' })";
  checkSole('okta', options, ['domain', 'issuer'], line);
  checkExclusive('okta', options, ['authorizationServer', 'issuer'], line);
  if (options.domain === undefined) return options.issuer;
  const { domain, authorizationServer } = options;
  if (typeof authorizationServer !== 'string' || authorizationServer === '') {
    throw missingServer(domain);
  }
  return `https://${checkDomain('okta', domain, line)}/oauth2/${authorizationServer}`;
}

function missingServer(domain: string): ConfigurationError {
  return new ConfigurationError(
    `okta: authorizationServer is missing; write okta('${domain}', { authorizationServer: 'default' })`,
  );
}

const CONTRADICTION = asUnknown('uid is there, but cid is not, or sub_profile is not a user');
const UNKNOWN_PROFILE = asUnknown(
  'sub_profile is neither service nor ai_agent, and uid is missing',
);
const NO_EVIDENCE = asUnknown('neither uid nor cid');

function classify(claims: TokenClaims): Classification {
  const clientId = stringOf(claims, 'cid');
  const profile = claimOf(claims, 'sub_profile');
  if (has(claims, 'uid')) {
    const isUser = clientId !== undefined && (profile === undefined || profile === 'user');
    return isUser ? asUser(stringOf(claims, 'uid'), clientId, 'uid and cid') : CONTRADICTION;
  }
  if (has(claims, 'cid') && clientId === undefined) return NO_EVIDENCE;
  if (has(claims, 'sub_profile')) {
    const id = clientId ?? stringOf(claims, 'sub');
    if (profile === 'ai_agent') return asAgent(id, 'sub_profile is an agent');
    return profile === 'service' ? asClient(id, 'sub_profile is a service') : UNKNOWN_PROFILE;
  }
  return clientId === undefined ? NO_EVIDENCE : asClient(clientId, 'cid without uid');
}

/** Agents' tokens carry `scope` in place of `scp`; the two are never merged. */
function scopesOf(claims: TokenClaims): readonly string[] | undefined {
  return has(claims, 'sub_profile') && !has(claims, 'scp')
    ? scopeStringOf(claims, 'scope')
    : scopeListOf(claims, 'scp');
}
