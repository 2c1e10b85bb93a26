import { ownProperty } from '../lib/own-property.ts';
import type { RefusalFacts } from '../model/refused.ts';
import type { TokenFault } from '../model/token-fault.ts';
import { AUDIENCE_HINTS } from '../providers/internal/audience-hints.ts';

const FIVE_PARTS =
  'The token has five parts: an encrypted JWT (JWE), or an opaque token of the authorization server. Neither can be verified here. Register this API at the server, and ask for signed JWTs with its audience.';
const NO_JWT =
  'The token is not a JWT: the authorization server issues opaque tokens. Register this API there, and ask for tokens with its audience; or set the option introspection, so that this API asks the server about each token.';
const WITH_SCHEME =
  'This is not the token alone: it has white space, such as that after the word Bearer. Give the token without it.';
const NO_TOKEN = 'There is no token: the text is empty.';
const OTHER_TOKEN =
  'Its claims show that it is not an access token, but for example an ID token. The client must send the access token.';

/**
 * Says what to do about a refused token, for `explain`. `undefined` where the reason says enough. The text is
 * made of fixed sentences, and of names and values of the configuration; nothing in it comes from the token.
 * `preset` is the preset of the token's issuer, when the issuer is known.
 */
export function refusalHint(
  { reason, fault = {} }: Pick<RefusalFacts, 'reason' | 'fault'>,
  token: string,
  preset: string | undefined,
): string | undefined {
  switch (reason) {
    case 'token_malformed':
      return formHint(token);
    case 'type_not_accepted':
      return typeHint(fault);
    case 'caller_not_listed':
      return `The token is valid, but its caller is not on the list that ${preset === undefined ? 'the preset' : `${preset}()`} was given. If it may call, add it there.`;
    case 'principal_ambiguous':
      return `The token is valid, but does not say whether a user or a machine is calling: rule says what is missing. ${pageOf(preset)} says which claims decide, and what to set at the provider.`;
    case 'claim_missing':
    case 'claim_malformed':
    case 'audience_mismatch':
      return claimHint(reason, fault, preset);
    default:
      return undefined;
  }
}

/** The page of a preset: that of `githubActions` is `github-actions.md`. */
function pageOf(preset: string | undefined): string {
  if (preset === undefined) return 'The page of the preset';
  return `docs/presets/${preset.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.md`;
}

function formHint(token: string): string | undefined {
  if (token === '') return NO_TOKEN;
  if (/\s/.test(token)) return WITH_SCHEME;
  const parts = token.split('.').length;
  if (parts === 5) return FIVE_PARTS;
  return parts === 3 ? undefined : NO_JWT;
}

function typeHint({ expectedTypes, typeAbsent }: TokenFault): string {
  if (expectedTypes === undefined) return OTHER_TOKEN;
  const found = typeAbsent ? 'The token has no typ' : 'The token has another typ';
  const accepted = expectedTypes.join(' or ');
  return `${found}; accepted is ${accepted}. The client must send the access token. If access tokens of this server are like this one, write types: custom({ …, types: { accepted: ['${expectedTypes[0] ?? 'jwt'}'], optional: ${typeAbsent === true} } }).`;
}

function claimHint(
  reason: 'claim_missing' | 'claim_malformed' | 'audience_mismatch',
  { claim, expectedAudience }: TokenFault,
  preset: string | undefined,
): string | undefined {
  if (expectedAudience !== undefined) {
    const advice = preset === undefined ? undefined : ownProperty(AUDIENCE_HINTS, preset);
    const expected = `aud must name ${expectedAudience.map((each) => `'${each}'`).join(' or ')}.`;
    return advice === undefined ? expected : `${expected} ${advice}`;
  }
  if (claim === undefined) return undefined;
  return reason === 'claim_missing' ? `The token lacks ${claim}.` : `${claim} has the wrong type.`;
}

const MAX_NAMED_ISSUERS = 10;

/** Says what `iss` must be. `configured` are the configured issuers; empty when a resolver finds them. */
export function issuerHint(configured: readonly string[] = []): string {
  if (configured.length === 0)
    return 'The function in issuers finds no issuer for the iss of the token.';
  const named = configured.slice(0, MAX_NAMED_ISSUERS).map((each) => `'${each}'`);
  const others = configured.length - named.length;
  const more = others > 0 ? `, or one of ${others} more` : '';
  return `iss must be exactly ${named.join(' or ')}${more}; a slash at the end counts.`;
}
