import { createIntrospector, type Introspector } from '../introspection/introspector.ts';
import { createKeySet } from '../keys/create-key-set.ts';
import type { ResolvedKeyOptions } from '../keys/key-options.ts';
import type { KeySet } from '../keys/key-set.ts';
import type { Clock } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import type { Provider } from '../providers/provider.ts';
import type { KeySnapshotStore } from '../stores/key-snapshot-store.ts';
import { type Algorithm, DEFAULT_ALGORITHMS } from '../token/algorithms.ts';
import type { ClaimsPolicy } from '../token/claims.ts';
import type { ResolvedEntry } from './issuer-entry.ts';

/** A configured issuer with its keys and its policy: everything that its tokens are checked against. */
export interface TrustedIssuer {
  readonly provider: Provider;
  /** For events: the configured name, or `iss`. */
  readonly name: string;
  readonly algorithms: readonly Algorithm[];
  readonly keySet: KeySet;
  readonly policy: ClaimsPolicy;
  /** Asks about its opaque tokens; `undefined` where introspection is not configured. */
  readonly introspector: Introspector | undefined;
  /** How principals are read from introspection answers. */
  readonly introspectedProvider: Provider;
}

/** What all issuers of a resource server share: its configuration, clock, `fetch` and events. */
export interface IssuerContext {
  /** For every issuer; `undefined` leaves it to each issuer's preset. */
  readonly algorithms: readonly Algorithm[] | undefined;
  readonly clockToleranceSec: number;
  readonly keys: ResolvedKeyOptions;
  readonly keySnapshots: KeySnapshotStore | undefined;
  /** Hosts that may be asked for keys over http, in addition to loopback. */
  readonly allowHttp: readonly string[];
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
  readonly events: EventSink;
}

/** Joins a configured entry with its claims policy and its keys: those given, or new ones. */
export function createTrustedIssuer(
  { provider, audience, introspection }: ResolvedEntry,
  context: IssuerContext,
  given?: KeySet,
): TrustedIssuer {
  const algorithms = context.algorithms ?? provider.algorithms ?? DEFAULT_ALGORITHMS;
  const keySet = given ?? keySetOf(provider, context);
  const { authority = provider.authority } = introspection?.rule ?? {};
  return Object.freeze({
    provider,
    name: provider.name ?? provider.issuer,
    algorithms,
    keySet,
    policy: Object.freeze({
      audience,
      types: provider.types,
      requiredClaims: provider.requiredClaims,
      clockToleranceSec: context.clockToleranceSec,
      accepts: provider.accepts,
    }),
    introspector:
      introspection &&
      createIntrospector(introspection, {
        ...context,
        fetch: provider.fetch ?? context.fetch,
        provider,
        audience,
        algorithms,
        keySet,
      }),
    introspectedProvider: authority === provider.authority ? provider : { ...provider, authority },
  });
}

function keySetOf(provider: Provider, context: IssuerContext): KeySet {
  const { clock, events, keys: timing, keySnapshots: snapshot, allowHttp } = context;
  const { issuer, keyUses: uses, preset, fetch = context.fetch } = provider;
  return createKeySet(provider.keys, {
    issuer,
    clock,
    fetch,
    events,
    timing,
    allowHttp,
    preset,
    ...(uses && { uses }),
    ...(snapshot && { snapshot }),
  });
}
