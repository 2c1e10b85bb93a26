import { ConfigurationError } from '../../model/errors.ts';
import type { Classify } from '../provider.ts';
import { asUnknown } from './classification.ts';
import { type CustomClassify, type CustomIds, customClassify } from './custom-classify.ts';

/**
 * For providers that document nothing to tell users from clients, but whose `sub` and `client_id` tell it as
 * long as no user has a client's id. `disjoint` is the operator's statement that no user has one, `unknown`
 * refuses every token, and `classify` is the operator's own rule.
 */
export type SubjectNamespacesOption =
  | { readonly classify: CustomClassify; readonly subjectNamespaces?: never }
  // This one is last: when both options are missing, the compiler's error names the missing member of the last one.
  | { readonly subjectNamespaces: 'disjoint' | 'unknown'; readonly classify?: never };

/**
 * For providers whose `sub` and `client_id` never tell users from clients. `unknown` refuses every token;
 * `classify` is the operator's own rule, on a claim that the operator has added at the provider.
 */
export type OperatorRuleOption =
  | { readonly subjectNamespaces: 'unknown'; readonly classify?: never }
  | { readonly classify: CustomClassify; readonly subjectNamespaces?: never };

/** What a preset without a documented rule makes of these options. */
export interface KindRules {
  /** The rule for the case that no user has a client's id; `undefined` where that does not tell the kinds apart. */
  readonly disjoint: Classify | undefined;
  /** The ids for the verdicts of the operator's own rule. */
  readonly ids?: CustomIds;
  /** A claim to add at the provider, for the message that asks for `classify`. */
  readonly exampleClaim: string;
  /** What the preset offers beside these two options, for the same message. */
  readonly alternative?: string;
  /** Where the claim alone is not enough: what else the example must check before it. */
  readonly exampleGuard?: string;
}

const REFUSED = asUnknown("subjectNamespaces is 'unknown': every token is refused");

/**
 * The rule that the operator chose. Throws `ConfigurationError` when none or two were chosen, and for
 * `disjoint` where it does not tell the kinds apart.
 */
export function kindRule(
  preset: string,
  options: { readonly subjectNamespaces?: unknown; readonly classify?: unknown },
  rules: KindRules,
): Classify {
  const { subjectNamespaces, classify } = options;
  const { alternative, disjoint, exampleClaim, exampleGuard = '', ids } = rules;
  const example = `classify: (claims) => ${exampleGuard}claims.${exampleClaim} === 'machine' ? 'client' : claims.${exampleClaim} === 'human' ? 'user' : 'refuse'`;
  const offered = alternative === undefined ? '' : `${alternative}, or `;
  if (subjectNamespaces !== undefined && classify !== undefined) {
    throw new ConfigurationError(
      `${preset}: subjectNamespaces and classify exclude each other; write one of them`,
    );
  }
  if (classify !== undefined) return customClassify(preset, classify, ids);
  if (subjectNamespaces === 'unknown') return () => REFUSED;
  if (disjoint === undefined) {
    throw new ConfigurationError(
      subjectNamespaces === 'disjoint'
        ? `${preset}: subjectNamespaces: 'disjoint' does not tell users from machines here, whose ids are of one kind; add a claim at the provider and write ${example}`
        : `${preset}: nothing in its tokens is documented to tell users from machines: subjectNamespaces or classify is required; add a claim at the provider and write ${example}, or subjectNamespaces: 'unknown' to refuse every token`,
    );
  }
  if (subjectNamespaces === 'disjoint') return disjoint;
  throw new ConfigurationError(
    `${preset}: nothing in its tokens is documented to tell users from clients: subjectNamespaces or classify is required; write ${offered}subjectNamespaces: 'disjoint' if no user can have a client's id, else 'unknown' or ${example}`,
  );
}
