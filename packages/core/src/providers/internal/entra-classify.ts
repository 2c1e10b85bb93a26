import type { TokenClaims } from '../../model/principal.ts';
import type { Classification } from '../provider.ts';
import { claimOf, has, NONE, scopeStringOf, stringOf } from './claim-readers.ts';
import { asAgent, asClient, asUnknown, asUser } from './classification.ts';

/** Values of the facet claims `xms_sub_fct` and `xms_act_fct` that count here; others are ignored. */
const AGENT_IDENTITY = '11';
const AGENT_USER_ACCOUNT = '13';

const APP_WITH_SCOPES = asUnknown('idtyp is app, but scopes of a user are there');
const OTHER_TYPE = asUnknown('idtyp names neither a user nor an app');
const NO_IDS = asUnknown('oid or sub is missing, or scp is no text');
const NO_EVIDENCE = asUnknown('no idtyp, and scp, oid and sub do not agree on a kind');
const BAD_FACETS = asUnknown('xms_sub_fct or xms_act_fct is of another type than documented');
const FACETS_AGAINST_APP = asUnknown("idtyp is app, but xms_sub_fct says an agent's user account");
const FACETS_AGAINST_USER = asUnknown('a user by idtyp or scopes, but xms_sub_fct says an agent');

/**
 * Who an access token of Entra speaks for. An agent's own user account is the agent, never a user:
 * `idtyp` is `user` for it, and `xms_sub_fct` alone tells it from a person's.
 */
export function classifyByEntra(claims: TokenClaims, clientId: string | undefined): Classification {
  const objectId = stringOf(claims, 'oid');
  const subject = stringOf(claims, 'sub');
  const scopes = entraScopes(claims);
  if (scopes === undefined || objectId === undefined || subject === undefined) return NO_IDS;
  const subjectFacets = facetsOf(claims, 'xms_sub_fct');
  const actorFacets = facetsOf(claims, 'xms_act_fct');
  if (subjectFacets === undefined || actorFacets === undefined) return BAD_FACETS;

  const type = claimOf(claims, 'idtyp');
  if (has(claims, 'idtyp') && type !== 'user' && type !== 'app') return OTHER_TYPE;
  const isAccount = subjectFacets.includes(AGENT_USER_ACCOUNT);
  if (isAccount) {
    return type === 'app'
      ? FACETS_AGAINST_APP
      : asAgent(clientId, "xms_sub_fct says an agent's user account", objectId);
  }
  const isAgentSubject = subjectFacets.includes(AGENT_IDENTITY);
  const isAgentActor = actorFacets.includes(AGENT_IDENTITY) || has(claims, 'xms_par_app_azp');

  if (type === 'app') {
    if (scopes.length > 0) return APP_WITH_SCOPES;
    return isAgentSubject || isAgentActor
      ? asAgent(clientId, 'idtyp is app, and the facets say an agent')
      : asClient(clientId, 'idtyp is app');
  }
  if (type === 'user' || (scopes.length > 0 && objectId !== subject)) {
    if (isAgentSubject) return FACETS_AGAINST_USER;
    const rule = type === 'user' ? 'idtyp is user' : 'scopes are there, and oid is not sub';
    const user = asUser(objectId, clientId, rule);
    // Entra has no `act`: an agent that acts for a user is named by `azp` or `appid`.
    return user.kind === 'user' && isAgentActor && clientId !== undefined
      ? { ...user, actor: { clientId, profile: 'agent' } }
      : user;
  }
  if (scopes.length > 0) return NO_EVIDENCE;
  if (isAgentSubject) return asAgent(clientId, 'no scopes, and xms_sub_fct says an agent');
  return objectId === subject ? asClient(clientId, 'no scopes, and oid is sub') : NO_EVIDENCE;
}

/** Scopes of `scp`. Agents carry an empty one, or `/`, which grants nothing. */
export function entraScopes(claims: TokenClaims): readonly string[] | undefined {
  return claimOf(claims, 'scp') === '/' ? NONE : scopeStringOf(claims, 'scp');
}

const FACETS = /^ *\d+(?: +\d+)* *$/;

/** The numbers of a facet claim, separated by spaces, in any order; `undefined` where it is not as documented. */
function facetsOf(claims: TokenClaims, name: string): readonly string[] | undefined {
  if (!has(claims, name)) return NONE;
  const value = claims[name];
  return typeof value === 'string' && FACETS.test(value) ? value.trim().split(/ +/) : undefined;
}
