import { listOf, scopeStringOf } from './internal/claim-readers.ts';
import {
  audienceProvider,
  type OwnOptionNames,
  type ProviderOptions,
  presetOptions,
} from './internal/define-provider.ts';
import { openIdMetadata } from './internal/discovery-documents.ts';
import { checkIssuer } from './internal/issuer-url.ts';
import { kindRule, type OperatorRuleOption } from './internal/subject-namespaces.ts';
import { PLAIN_TYPE } from './internal/type-policies.ts';
import type { AudienceProvider } from './provider.ts';

/** Options of {@link authentik}. */
export type AuthentikOptions = ProviderOptions & {
  /** `https://host/application/o/<slug>/`, or `https://host/` in global mode: with a slash at its end. */
  readonly issuer: string;
} & OperatorRuleOption;

const OPTIONS: OwnOptionNames<AuthentikOptions> = {
  issuer: true,
  subjectNamespaces: true,
  classify: true,
};

/**
 * authentik: `authentik({ issuer: 'https://ak.acme.com/application/o/orders/', classify })`.
 *
 * Client credentials always authenticate a *user* of authentik there: a service account, or a person
 * with an app password. Nothing in the token is documented to tell them apart, so `classify` is
 * required (or `'unknown'`, which refuses every token).
 *
 * - Provider: choose a signing key: without one tokens are signed with the client's secret (HS256),
 *   and no API can verify that safely. Keep "Include claims in id_token" on: without it access tokens have no
 *   claims of mappings either. Add a scope mapping that states the kind by the user's type, with evidence of
 *   both kinds: `internal` and `external` are people, `service_account` and `internal_service_account`
 *   (outposts) are machines:
 *   ```python
 *   people, machines = ["internal", "external"], ["service_account", "internal_service_account"]
 *   kind = request.user.type
 *   return {"caller_type": "human" if kind in people else "machine" if kind in machines else "other"}
 *   ```
 *   and read it: `classify: ({ caller_type }) => caller_type === 'human' ? 'user' : caller_type === 'machine' ? 'client' : 'refuse'`.
 * - User id: `sub`. Client id: `azp`. Authority: `scope`, `groups`.
 * - Pitfalls: the issuer follows the host that clients ask, so let them use one; in global mode all
 *   applications share it, and `aud` alone divides them; in per-provider mode give `jwksUri` if the
 *   metadata is out of reach; `uid` is random, and `auth_time` is in every token: neither is a mark
 *   of a person.
 *
 * Per documentation and source as of September 2026:
 * https://docs.goauthentik.io/add-secure-apps/providers/oauth2/machine_to_machine/
 * https://github.com/goauthentik/authentik (authentik/providers/oauth2/id_token.py)
 *
 * @throws ConfigurationError for a bad issuer, a missing `classify`, or bad key options.
 */
export function authentik(options: AuthentikOptions): AudienceProvider {
  const issuer = checkIssuer(
    'authentik',
    presetOptions('authentik', options, OPTIONS, "issuer: 'https://…', classify").issuer,
    {
      trailingSlash: 'required',
    },
  );
  return audienceProvider(
    {
      preset: 'authentik',
      issuer,
      keys: openIdMetadata(issuer),
      types: PLAIN_TYPE,
      requiredClaims: ['aud', 'sub', 'azp'],
      classify: kindRule('authentik', options, {
        disjoint: undefined,
        exampleClaim: 'caller_type',
      }),
      authority: {
        scopes: (claims) => scopeStringOf(claims, 'scope'),
        groups: (claims) => listOf(claims, 'groups'),
      },
    },
    options,
  );
}
