import { checkOptions, type OptionNames } from '../../lib/check-options.ts';
import { isStringList } from '../../lib/json.ts';
import { ConfigurationError } from '../../model/errors.ts';
import type { TokenClaims } from '../../model/principal.ts';
import type { IntrospectedRule } from '../provider.ts';
import { type CustomClassify, type CustomIds, customClassify } from './custom-classify.ts';

/** How answers about opaque tokens are read: the option `introspected` of `custom()`. */
export interface CustomIntrospected {
  /**
   * Whether the answer is about an access token: servers say `active: true` of refresh tokens, too. What
   * tells them apart differs: `(answer) => answer.token_type === 'Bearer'`.
   */
  readonly accepts: (answer: TokenClaims) => boolean;
  /** As `classify`, on the members of an answer. There is no header: it gets an empty one. */
  readonly classify: CustomClassify;
  /** Members without which an answer is refused, beside `exp` and `aud`. Default: none. */
  readonly requiredMembers?: readonly string[] | undefined;
}

const INTROSPECTED: OptionNames<CustomIntrospected> = {
  accepts: true,
  classify: true,
  requiredMembers: true,
};

const INTROSPECTED_LINE =
  "introspected: { accepts: (answer) => answer.token_type === 'Bearer', classify: (answer) => answer.kind === 'person' ? 'user' : answer.kind === 'service' ? 'client' : 'refuse' }";

/**
 * The operator's rule for answers as a preset's. Throws `ConfigurationError` when a part of it is missing
 * or of another type.
 */
export function customIntrospected(
  introspected: CustomIntrospected,
  ids: CustomIds,
): IntrospectedRule {
  const {
    accepts,
    classify,
    requiredMembers = [],
  } = checkOptions('introspected of custom()', introspected, INTROSPECTED, INTROSPECTED_LINE);
  if (typeof accepts !== 'function' || typeof classify !== 'function') {
    throw new ConfigurationError(
      `custom: introspected needs accepts and classify, two functions of the answer; write ${INTROSPECTED_LINE}`,
    );
  }
  if (!isStringList(requiredMembers)) {
    throw new ConfigurationError(
      "custom: requiredMembers of introspected must be a list of members; write requiredMembers: ['client_id']",
    );
  }
  const rule = customClassify('custom', classify, ids);
  return Object.freeze({
    requiredMembers: Object.freeze([...requiredMembers]),
    accepts,
    classify: (answer: TokenClaims) => rule(answer, {}),
  });
}
