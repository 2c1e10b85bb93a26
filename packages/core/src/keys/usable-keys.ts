import type { EventSink } from '../lib/event-sink.ts';
import type { KeyUnfit } from '../model/events.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { Algorithm } from '../token/algorithms.ts';
import { prepareKey } from './prepare-key.ts';

/** What became of a JWK set's keys. */
export interface UsableKeys {
  /** Prepared keys in the set's order; each kid at most once for an algorithm. */
  readonly keys: readonly VerificationKey[];
  /** How many keys are not used, by cause. */
  readonly ignored: ReadonlyMap<KeyUnfit, number>;
}

/** What a set's keys are held to. */
export interface UsableKeysOptions {
  /** Most keys that are taken. */
  readonly maxKeys: number;
  /** Accepted values of a JWK's `use` (RFC 7517 §4.2). */
  readonly uses: readonly string[];
}

/**
 * Importing a key costs up to 50 µs, and 512 KiB hold thousands of worthless ones: after this many
 * times `maxKeys` the rest of a set is not looked at.
 */
const EXAMINED_PER_KEPT = 10;

/**
 * Prepares the keys of a JWK set (RFC 7517 §5). Unfit ones are dropped first, so that they never
 * stand in a fit one's way. Of the rest, keys of one `kid` count once when their material is
 * identical (their algorithms add up). Different ones are told apart by the algorithm, which a token
 * states: of those that serve the same one none is used, since nothing says which is meant. Never
 * throws, whatever the entries hold.
 */
export function usableKeys(entries: readonly unknown[], options: UsableKeysOptions): UsableKeys {
  const ignored = new Map<KeyUnfit, number>();
  const ignore = (cause: KeyUnfit, count = 1) =>
    ignored.set(cause, (ignored.get(cause) ?? 0) + count);

  const groups = new Map<string, VerificationKey[]>();
  let distinct = 0;
  for (const [index, entry] of entries.entries()) {
    if (distinct === options.maxKeys || index === options.maxKeys * EXAMINED_PER_KEPT) {
      ignore('too_many', entries.length - index);
      break;
    }
    const key = prepareKey(entry, options.uses);
    if (typeof key === 'string') {
      ignore(key);
      continue;
    }
    const name = groupOf(key);
    const group = groups.get(name) ?? [];
    const twin = group.findIndex((other) => sameKey(other, key));
    const other = group[twin];
    if (other === undefined) {
      group.push(key);
      distinct += 1;
    } else {
      group[twin] = withAlgorithms(other, key.algorithms);
    }
    groups.set(name, group);
  }

  const keys: VerificationKey[] = [];
  for (const group of groups.values()) {
    const alone = group.filter(
      (key) => !group.some((other) => other !== key && overlap(key, other)),
    );
    keys.push(...alone);
    if (alone.length < group.length) ignore('duplicate_kid', group.length - alone.length);
  }
  return { keys: Object.freeze(keys), ignored };
}

/**
 * Tells which keys of a set are not used. A key for something else is none of ours (`use: enc` at every
 * Keycloak, `x509-svid` in every SPIFFE bundle): a healthy set must not warn at each refresh.
 */
export function reportIgnored(
  ignored: UsableKeys['ignored'],
  issuer: string,
  events: EventSink,
): void {
  for (const [cause, count] of ignored) {
    if (cause !== 'use') {
      events.emit({ type: 'keys.ignored', issuer, cause, keys: count });
    }
  }
}

/** The same for a message: `private 1, symmetric 2`. */
export function inWords(ignored: UsableKeys['ignored']): string {
  return [...ignored].map(([cause, count]) => `${cause} ${count}`).join(', ') || 'it is empty';
}

function overlap(a: VerificationKey, b: VerificationKey): boolean {
  return a.algorithms.some((algorithm) => b.algorithms.includes(algorithm));
}

/** Keys without `kid` are told apart by their material: they are not duplicates of each other. */
function groupOf(key: VerificationKey): string {
  return key.kid === undefined ? `material:${key.material}` : `kid:${key.kid}`;
}

function sameKey(a: VerificationKey, b: VerificationKey): boolean {
  return a.kid === b.kid && a.material === b.material && a.issuer === b.issuer;
}

function withAlgorithms(key: VerificationKey, more: readonly Algorithm[]): VerificationKey {
  const added = more.filter((algorithm) => !key.algorithms.includes(algorithm));
  if (added.length === 0) return key;
  return Object.freeze({ ...key, algorithms: Object.freeze([...key.algorithms, ...added]) });
}
