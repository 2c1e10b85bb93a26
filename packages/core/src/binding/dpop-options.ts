import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import type { Clock } from '../lib/clock.ts';
import type { EventSink } from '../lib/event-sink.ts';
import { memberOf } from '../lib/member-of.ts';
import { ConfigurationError } from '../model/errors.ts';
import { type MemoryReplayStore, memoryReplayStore } from '../stores/memory-replay-store.ts';
import type { ReplayStore } from '../stores/replay-store.ts';
import { ALGORITHMS, type Algorithm } from '../token/algorithms.ts';
import { createProofNonces, type ProofNonces } from './proof-nonce.ts';
import { type PublicUrl, parsePublicUrl } from './target-uri.ts';

/**
 * Which tokens need a DPoP proof. `when-bound`: only tokens that are bound to a key; others are accepted as
 * Bearer tokens. `required`: every token must be bound to a key and come with a proof.
 */
export type DpopMode = 'when-bound' | 'required';

/** A secret of at least 32 bytes that nobody can guess. Of a string, its UTF-8 bytes are used. */
export type DpopNonceSecret = string | Uint8Array;

/** Nonces that this API gives to clients (RFC 9449 §9). With this option, every proof must contain one (§11.3). */
export interface DpopNonceOptions {
  /**
   * The secrets that nonces are made with; the same list in all processes of this API. New nonces are made with
   * the first secret, and nonces of every secret are accepted. To replace a secret: put the new one first, and
   * remove the old one a few minutes later.
   */
  readonly secrets: readonly [DpopNonceSecret, ...DpopNonceSecret[]];
  /**
   * How long the same nonce is given to clients, in seconds, 10 to 300. After that it is accepted for twice this
   * time. Default 60.
   */
  readonly rotateSec?: number;
}

/** How tokens that are bound to a key are accepted (RFC 9449). */
export interface DpopOptions {
  /**
   * `when-bound` (the default): tokens that are bound to a key need a proof; others are accepted as Bearer
   * tokens. `required`: every token must be bound and come with a proof. `verify(token)` then refuses every
   * token, because it has no request to find a proof in.
   */
  readonly mode?: DpopMode;
  /**
   * The URLs at which clients reach this API: origins, each with the path prefix that a proxy removes, if any
   * (`https://acme.com/orders-api`). A proof must name one of them (`htu`). Default: the origin of `resource`.
   * `Host` and forwarded headers are never read, because any client can send them.
   */
  readonly publicUrls?: string | readonly [string, ...string[]];
  /** Accepted signature algorithms of proofs. Challenges name them. Default ES256, EdDSA, PS256, RS256. */
  readonly algorithms?: readonly [Algorithm, ...Algorithm[]];
  /** How old a proof may be (by its `iat`), in seconds, 5 to 300. Default 60. Not used with `nonce`. */
  readonly maxAgeSec?: number;
  /**
   * How far the `iat` of a proof may be ahead of our clock, in seconds, 0 to 300. Default 10. With `nonce`, only
   * the `nbf` of a proof is checked with it.
   */
  readonly futureSec?: number;
  /** Makes this API give nonces to clients; every proof must then contain one. Default: no nonces. */
  readonly nonce?: DpopNonceOptions;
  /**
   * Where used proofs are remembered, so that none is accepted twice. Default: in the memory of this process,
   * which is only right if the API has a single process (event `config.local_replay_store`).
   */
  readonly replay?: ReplayStore;
  /**
   * What happens while `replay` fails. `refuse` (the default): requests with a proof are answered with 503.
   * `local`: each process uses its own memory, so a proof may be used once in each process during the outage.
   */
  readonly onReplayOutage?: 'refuse' | 'local';
}

/** {@link DpopOptions} with every default decided. */
export interface ResolvedDpop {
  readonly mode: DpopMode;
  readonly publicUrls: readonly PublicUrl[];
  readonly algorithms: readonly Algorithm[];
  readonly maxAgeSec: number;
  readonly futureSec: number;
  readonly nonces: ProofNonces | undefined;
  readonly replay: ReplayStore;
  /** The memory of this process that decides while `replay` fails; `undefined` with `onReplayOutage: 'refuse'`. */
  readonly fallback: MemoryReplayStore | undefined;
}

/** What the DPoP options need from their resource server. */
export interface DpopContext {
  readonly resource: string | undefined;
  readonly clock: Clock;
  readonly events: EventSink;
}

const OPTIONS: OptionNames<DpopOptions> = {
  mode: true,
  publicUrls: true,
  algorithms: true,
  maxAgeSec: true,
  futureSec: true,
  nonce: true,
  replay: true,
  onReplayOutage: true,
};

const NONCE_OPTIONS: OptionNames<DpopNonceOptions> = { secrets: true, rotateSec: true };

const OPTIONS_LINE = "dpop: 'when-bound', or dpop: { mode: 'required' }";
const NONCE_LINE = "nonce: { secrets: [process.env.DPOP_NONCE_SECRET ?? ''] }";

/** Ordered by how fast clients on phones and in browsers sign: ES256 comes first. */
const DEFAULT_PROOF_ALGORITHMS: readonly Algorithm[] = ['ES256', 'EdDSA', 'PS256', 'RS256'];
const MIN_SECRET_BYTES = 32;

/** Checks the option `dpop` and decides every default. Throws {@link ConfigurationError} for a wrong option. */
export function resolveDpop(
  option: DpopMode | DpopOptions | undefined,
  context: DpopContext,
): ResolvedDpop | undefined {
  if (option === undefined) return undefined;
  const given = typeof option === 'string' ? { mode: option } : option;
  const options: DpopOptions = checkOptions('dpop', given, OPTIONS, OPTIONS_LINE);
  const { mode = 'when-bound', replay, onReplayOutage = 'refuse' } = options;
  if (mode !== 'when-bound' && mode !== 'required') {
    throw new ConfigurationError(`dpop must be 'when-bound' or 'required'. Write: ${OPTIONS_LINE}`);
  }
  if (onReplayOutage !== 'refuse' && onReplayOutage !== 'local') {
    throw new ConfigurationError(
      "dpop.onReplayOutage must be 'refuse' or 'local'. Write: dpop: { replay, onReplayOutage: 'refuse' }",
    );
  }
  if (replay !== undefined && typeof memberOf(replay, 'reserve') !== 'function') {
    throw new ConfigurationError(
      'dpop.replay must be a replay store. Write: dpop: { replay: memoryReplayStore() }',
    );
  }
  const { clock, events } = context;
  const publicUrls = resolvePublicUrls(options.publicUrls, context.resource);
  const resolved: ResolvedDpop = {
    mode,
    publicUrls,
    algorithms: resolveAlgorithms(options.algorithms),
    maxAgeSec: seconds('maxAgeSec', options.maxAgeSec ?? 60, 5, 300),
    futureSec: seconds('futureSec', options.futureSec ?? 10, 0, 300),
    nonces: resolveNonces(options.nonce, nameOf(context.resource, publicUrls), clock),
    replay: replay ?? memoryReplayStore({ clock }),
    fallback:
      replay !== undefined && onReplayOutage === 'local' ? memoryReplayStore({ clock }) : undefined,
  };
  if (replay === undefined && events.active) events.emit({ type: 'config.local_replay_store' });
  return Object.freeze(resolved);
}

function resolvePublicUrls(given: unknown, resource: string | undefined): readonly PublicUrl[] {
  const list: unknown = typeof given === 'string' ? [given] : given;
  if (list === undefined) {
    const url = resource === undefined ? undefined : parsePublicUrl(new URL(resource).origin);
    if (url !== undefined) return Object.freeze([url]);
    throw new ConfigurationError(
      "dpop needs the URL with which clients reach this API. Write: dpop: { publicUrls: 'https://api.acme.com' }",
    );
  }
  const urls = Array.isArray(list) ? list.map(publicUrlOf) : [];
  if (urls.length > 0) return Object.freeze(urls);
  throw new ConfigurationError(
    "dpop.publicUrls must be a URL or a list of URLs. Write: dpop: { publicUrls: ['https://api.acme.com'] }",
  );
}

function publicUrlOf(value: unknown): PublicUrl {
  const url = typeof value === 'string' ? parsePublicUrl(value) : undefined;
  if (url !== undefined) return url;
  throw new ConfigurationError(
    "dpop.publicUrls: each must be an http or https URL without credentials, query and fragment. Write: dpop: { publicUrls: 'https://api.acme.com' }",
  );
}

function nameOf(resource: string | undefined, publicUrls: readonly PublicUrl[]): string {
  return resource ?? publicUrls.map(({ origin, prefix }) => origin + prefix).join(' ');
}

function resolveAlgorithms(given: unknown): readonly Algorithm[] {
  const list: unknown = given ?? DEFAULT_PROOF_ALGORITHMS;
  const known: readonly unknown[] = ALGORITHMS;
  if (Array.isArray(list) && list.length > 0 && list.every((each) => known.includes(each))) {
    return Object.freeze([...list]);
  }
  throw new ConfigurationError(
    `dpop.algorithms must be a list of ${ALGORITHMS.join(', ')}. Write: dpop: { algorithms: ['ES256', 'EdDSA'] }`,
  );
}

function resolveNonces(
  options: DpopNonceOptions | undefined,
  resource: string,
  clock: Clock,
): ProofNonces | undefined {
  if (options === undefined) return undefined;
  checkOptions('dpop.nonce', options, NONCE_OPTIONS, NONCE_LINE);
  const secrets: unknown = options.secrets;
  if (!Array.isArray(secrets) || secrets.length === 0) {
    throw new ConfigurationError(
      `dpop.nonce.secrets must be a list that is the same in all processes of this API. Nonces are made with the first secret and accepted with all of them. Write: ${NONCE_LINE}`,
    );
  }
  const rotateSec = seconds('nonce.rotateSec', options.rotateSec ?? 60, 10, 300);
  return createProofNonces({ secrets: secrets.map(secretBytes), rotateSec, resource, clock });
}

function secretBytes(secret: unknown): Uint8Array {
  const bytes =
    typeof secret === 'string' || secret instanceof Uint8Array ? Buffer.from(secret) : undefined;
  if (bytes !== undefined && bytes.byteLength >= MIN_SECRET_BYTES) return bytes;
  throw new ConfigurationError(
    `dpop.nonce.secrets: each must have at least ${MIN_SECRET_BYTES} bytes that nobody can guess. Make one: node -e "console.log(crypto.randomBytes(32).toString('base64'))"`,
  );
}

function seconds(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new ConfigurationError(
    `dpop.${name} must be a number of seconds from ${least} to ${most}. Write: dpop: { ${name}: ${least} }`,
  );
}
