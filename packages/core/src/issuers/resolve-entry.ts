import type { IntrospectionOptions } from '../introspection/options.ts';
import {
  type ResolvedIntrospection,
  resolveIntrospection,
} from '../introspection/resolve-introspection.ts';
import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { namesUnsetVariable } from '../lib/unset-variable.ts';
import { ConfigurationError } from '../model/errors.ts';
import { isAudienceFree } from '../providers/internal/define-provider.ts';
import type { Provider } from '../providers/provider.ts';
import type { IssuerEntry, ResolvedEntry } from './issuer-entry.ts';

const MEMBERS: OptionNames<IssuerEntry> = {
  preset: true,
  issuer: true,
  audience: true,
  name: true,
  keys: true,
  types: true,
  requiredClaims: true,
  algorithms: true,
  accepts: true,
  names: true,
  keyServes: true,
  keyUses: true,
  classify: true,
  authority: true,
  sidInAccessTokens: true,
  actorProfile: true,
  commonAudiences: true,
  fetch: true,
  audienceClaim: true,
  introspected: true,
  notIntrospected: true,
  introspection: true,
};

const ISSUER_LINE =
  "Write: issuer: auth0('acme.eu.auth0.com'), or issuer: rfc9068('https://as.example.com')";

/** Checks one issuer entry, also one that a resolver returned. Throws {@link ConfigurationError}. */
export function resolveEntry(
  provider: Provider & { readonly introspection?: IntrospectionOptions | undefined },
  audience: unknown,
): ResolvedEntry {
  if (provider === undefined) {
    throw new ConfigurationError(`issuer is missing. ${ISSUER_LINE}`);
  }
  if (
    typeof provider !== 'object' ||
    provider === null ||
    typeof provider.classify !== 'function'
  ) {
    throw new ConfigurationError(
      "An issuer is a preset's result, not a URL: only a preset knows how to tell a user from a client. " +
        ISSUER_LINE,
    );
  }
  checkOptions(`The issuer made by ${provider.preset}()`, provider, MEMBERS);
  if (provider.audienceClaim === 'absent') {
    if (typeof provider.accepts !== 'function') {
      throw new ConfigurationError(
        `Tokens of ${provider.preset} would be accepted whatever API they are for. If they have no aud, ` +
          "accepts must check something else instead. Write: custom({ …, audienceClaim: 'absent', accepts: (claims) => … })",
      );
    }
    if (!isAudienceFree(provider)) {
      throw new ConfigurationError(
        `Tokens of ${provider.preset} have an aud. If it is not checked, a token for any other API is accepted. ` +
          "Leave audienceClaim out, and write: audience: 'https://api.acme.com'",
      );
    }
    if (audience === undefined)
      return { provider, audience: undefined, introspection: introspectionOf(provider) };
    throw new ConfigurationError(
      `Tokens of ${provider.preset} carry no aud, so audience cannot be checked. Leave audience out: ` +
        `what ${provider.preset}() itself requires is checked instead`,
    );
  }
  const list = typeof audience === 'string' ? [audience] : audience;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isNonEmptyString)) {
    throw new ConfigurationError(
      `audience is missing for ${provider.issuer}: without it a token for any other API would pass. ` +
        "Write: audience: 'https://api.acme.com' (in an issuers list: { ...auth0('…'), audience: '…' })",
    );
  }
  if (list.some(namesUnsetVariable)) {
    throw new ConfigurationError(
      `audience of ${provider.issuer} contains the word undefined or null, because a variable in it is not set. ` +
        "Set it, and write: audience: 'https://api.acme.com'",
    );
  }
  const { commonAudiences } = provider;
  if (
    commonAudiences !== undefined &&
    list.every((each) => commonAudiences.values.includes(each))
  ) {
    throw new ConfigurationError(
      `audience '${list[0]}' is in tokens of ${provider.issuer} whatever API they are for: a token for any other API would pass. ${commonAudiences.advice}`,
    );
  }
  return {
    provider,
    audience: Object.freeze([...list]),
    introspection: introspectionOf(provider),
  };
}

function introspectionOf(
  provider: Provider & { readonly introspection?: IntrospectionOptions | undefined },
): ResolvedIntrospection | undefined {
  const { introspection } = provider;
  return introspection === undefined ? undefined : resolveIntrospection(provider, introspection);
}

function isNonEmptyString(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
