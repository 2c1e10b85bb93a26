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

/** `when-bound`: bound tokens need their proof, others pass as Bearer. `required`: nothing else passes. */
export type DpopMode = 'when-bound' | 'required';

/** At least 32 bytes that nobody can guess; a text counts by its bytes in UTF-8. */
export type DpopNonceSecret = string | Uint8Array;

/** Nonces of this API (RFC 9449 §9). Every proof then needs one: there is no "optional" (§11.3). */
export interface DpopNonceOptions {
  /**
   * The same for all processes of this API. The first makes nonces, all of them accept: to replace one,
   * put the new one first and take the old one away a few minutes later.
   */
  readonly secrets: readonly [DpopNonceSecret, ...DpopNonceSecret[]];
  /** How long a nonce is handed out, in seconds, 10 to 300; it is accepted for twice as long after that. Default 60. */
  readonly rotateSec?: number;
}

/** How tokens that are bound to a key are accepted (RFC 9449). */
export interface DpopOptions {
  /**
   * `when-bound` (the default): bound tokens need their proof, others pass as Bearer. `required`: nothing
   * else passes, and `verify(token)`, which sees no request, refuses every token.
   */
  readonly mode?: DpopMode;
  /**
   * How clients reach this API: origins, each with the path prefix that a proxy takes away
   * (`https://acme.com/orders-api`). Default: the origin of `resource`. `Host` and forwarded headers
   * are never read: any client can write them.
   */
  readonly publicUrls?: string | readonly [string, ...string[]];
  /** Accepted algorithms of proofs; challenges name them. Default ES256, EdDSA, PS256, RS256. */
  readonly algorithms?: readonly [Algorithm, ...Algorithm[]];
  /** Age of the oldest accepted proof, in seconds, 5 to 300. Default 60. Not used with `nonce`. */
  readonly maxAgeSec?: number;
  /** How far a proof's time may lie ahead of ours, in seconds, 0 to 300. Default 10. Not used with `nonce`. */
  readonly futureSec?: number;
  /** Nonces of this API, which every proof then has to carry. Default: none. */
  readonly nonce?: DpopNonceOptions;
  /**
   * Where used proofs are remembered. Default: in this process (event `config.local_replay_store`),
   * which is right for one process alone.
   */
  readonly replay?: ReplayStore;
  /**
   * When that store fails: `refuse` (the default) answers 503. `local`: this process's own memory
   * decides until the store is back, so that a proof may be used once in each process meanwhile.
   */
  readonly onReplayOutage?: 'refuse' | 'local';
}

/** Options with every default decided. */
export interface ResolvedDpop {
  readonly mode: DpopMode;
  readonly publicUrls: readonly PublicUrl[];
  readonly algorithms: readonly Algorithm[];
  readonly maxAgeSec: number;
  readonly futureSec: number;
  readonly nonces: ProofNonces | undefined;
  readonly replay: ReplayStore;
  /** This process's own memory, which decides while `replay` fails; `undefined` where nothing does. */
  readonly fallback: MemoryReplayStore | undefined;
}

/** What of a resource server its DPoP options are resolved with. */
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
const NONCE_LINE = 'nonce: { secrets: [process.env.DPOP_NONCE_SECRET] }';

/** Proofs are made by clients on phones and in browsers: ES256 first, and what costs them least to make. */
const DEFAULT_PROOF_ALGORITHMS: readonly Algorithm[] = ['ES256', 'EdDSA', 'PS256', 'RS256'];
const MIN_SECRET_BYTES = 32;

/** Checks the option `dpop` as users write it and decides every default. Throws {@link ConfigurationError}. */
export function resolveDpop(
  option: DpopMode | DpopOptions | undefined,
  context: DpopContext,
): ResolvedDpop | undefined {
  if (option === undefined) return undefined;
  const given = typeof option === 'string' ? { mode: option } : option;
  const options: DpopOptions = checkOptions('dpop', given, OPTIONS, OPTIONS_LINE);
  const { mode = 'when-bound', replay, onReplayOutage = 'refuse' } = options;
  if (mode !== 'when-bound' && mode !== 'required') {
    throw new ConfigurationError(`dpop is 'when-bound' or 'required'. Write: ${OPTIONS_LINE}`);
  }
  if (onReplayOutage !== 'refuse' && onReplayOutage !== 'local') {
    throw new ConfigurationError(
      "dpop.onReplayOutage is 'refuse' or 'local'. Write: dpop: { replay, onReplayOutage: 'refuse' }",
    );
  }
  if (replay !== undefined && typeof memberOf(replay, 'reserve') !== 'function') {
    throw new ConfigurationError(
      'dpop.replay is a replay store. Write: dpop: { replay: memoryReplayStore() }',
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
      "dpop needs to know how clients reach this API. Write: dpop: { publicUrls: 'https://api.acme.com' }",
    );
  }
  const urls = Array.isArray(list) ? list.map(publicUrlOf) : [];
  if (urls.length > 0) return Object.freeze(urls);
  throw new ConfigurationError(
    "dpop.publicUrls is a URL or a list of them. Write: dpop: { publicUrls: ['https://api.acme.com'] }",
  );
}

function publicUrlOf(value: unknown): PublicUrl {
  const url = typeof value === 'string' ? parsePublicUrl(value) : undefined;
  if (url !== undefined) return url;
  throw new ConfigurationError(
    "dpop.publicUrls: each is an http or https URL without credentials, query and fragment. Write: dpop: { publicUrls: 'https://api.acme.com' }",
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
    `dpop.algorithms is a list of ${ALGORITHMS.join(', ')}. Write: dpop: { algorithms: ['ES256', 'EdDSA'] }`,
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
      `dpop.nonce.secrets is a list, the same for all processes of this API: the first makes nonces, all accept them. Write: ${NONCE_LINE}`,
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
    `dpop.nonce.secrets: each has at least ${MIN_SECRET_BYTES} bytes that nobody can guess. Make one: node -e "console.log(crypto.randomBytes(32).toString('base64'))"`,
  );
}

function seconds(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw new ConfigurationError(
    `dpop.${name} is a number of seconds from ${least} to ${most}. Write: dpop: { ${name}: ${least} }`,
  );
}
