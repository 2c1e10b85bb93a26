import type { TokenClaims } from '../../model/principal.ts';
import type { AuthErrorReason } from '../../model/reasons.ts';
import type { TokenHeader } from '../../model/token-header.ts';
import { claimOf, has, stringOf } from './claim-readers.ts';

/** `iss` of tokens of version 1, in every cloud of Entra. */
const ENTRA_V1 = /^https:\/\/sts\.(?:windows\.net|chinacloudapi\.cn)\//;
const ENTRA_V2 =
  /^https:\/\/login\.(?:microsoftonline\.(?:com|us)|chinacloudapi\.cn|partner\.microsoftonline\.cn)\//;
const B2C = /^https:\/\/[^/]+\.b2clogin\.com\//;

/** `aud` of tokens for Microsoft Graph: its addresses in the clouds, and its application id. */
const GRAPH =
  /^(?:https:\/\/(?:dod-)?(?:graph\.microsoft\.(?:com|us)|microsoftgraph\.chinacloudapi\.cn)\/?|00000003-0000-0000-c000-000000000000)$/;

const VERSION_1 =
  "The token is of Entra's version 1, the default of an API's manifest. Set requestedAccessTokenVersion to 2 there, or write entra({ tenant: '<tenant id>', version: 'v1' })";
const VERSION_2 =
  "The token is of Entra's version 2, of a tenant or version that is not configured. Write entra('<tenant id>') for the tenant that its tid names";
const FOR_GRAPH =
  'The token is for Microsoft Graph, and nobody but Graph can verify it. The caller must ask for a scope of your API, such as api://<application id>/.default';
const OF_B2C =
  "The token is of Azure AD B2C, which has no preset. Write custom({ issuer, jwksUri: 'https://<tenant>.b2clogin.com/<tenant>.onmicrosoft.com/<policy>/discovery/v2.0/keys', classify })";

/** Reasons for which a token of Graph is refused. Even where its key is known, its signature cannot be verified. */
const GRAPH_REASONS: ReadonlySet<AuthErrorReason> = new Set<AuthErrorReason>([
  'key_unknown',
  'signature_invalid',
  'audience_mismatch',
  'issuer_unknown',
]);

/**
 * What to do about a refused token that fits a known mistake with its provider, for `explain`. A fixed text.
 * The token is not verified, so the hint decides nothing.
 */
export function tokenHint(
  reason: AuthErrorReason,
  claims: TokenClaims,
  header: TokenHeader,
): string | undefined {
  const issuer = stringOf(claims, 'iss') ?? '';
  const isEntra = ENTRA_V1.test(issuer) || ENTRA_V2.test(issuer);
  if (isEntra && GRAPH_REASONS.has(reason) && isForGraph(claims, header)) return FOR_GRAPH;
  if (reason !== 'issuer_unknown') return undefined;
  if (B2C.test(issuer)) return OF_B2C;
  if (ENTRA_V1.test(issuer)) return VERSION_1;
  return isEntra ? VERSION_2 : undefined;
}

/** Whether a token is for Microsoft Graph. Its header has a `nonce` that was changed after signing. */
function isForGraph(claims: TokenClaims, header: TokenHeader): boolean {
  const audience = claimOf(claims, 'aud');
  return has(header, 'nonce') || (typeof audience === 'string' && GRAPH.test(audience));
}
