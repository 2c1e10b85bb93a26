import type { EventSink } from '../lib/event-sink.ts';
import type { KeyUnfit } from '../model/events.ts';
import type { VerificationKey } from '../signature/verification-key.ts';
import type { Algorithm } from '../token/algorithms.ts';
import { prepareKey } from './prepare-key.ts';

/** The keys of a JWK set after they were checked. */
export interface UsableKeys {
  /** The usable keys, prepared, in the order of the set. For each algorithm, a kid occurs at most once. */
  readonly keys: readonly VerificationKey[];
  /** How many keys are not used, by cause. */
  readonly ignored: ReadonlyMap<KeyUnfit, number>;
}

/** How the keys of a set are checked. */
export interface UsableKeysOptions {
  /** How many keys are taken; further ones are ignored. */
  readonly maxKeys: number;
  /** Accepted values of a JWK's `use` (RFC 7517 §4.2). */
  readonly uses: readonly string[];
}

/**
 * At most `maxKeys` times this many entries of a set are examined. To import a key takes up to 50 µs, and a set of 512
 * KiB may contain thousands of useless ones.
 */
const EXAMINED_PER_KEPT = 10;

/**
 * Prepares the keys of a JWK set (RFC 7517 §5). Never throws, whatever the entries are.
 *
 * 1. Keys that cannot be used are dropped. They have no influence on the others.
 * 2. Keys with the same `kid` and the same material become one key, with the algorithms of all of them.
 * 3. If keys with the same `kid` have different material but share an algorithm, none of them is used, because a token
 *    could mean either. If they share no algorithm, all are used: the token's `alg` tells which one is meant.
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
 * Emits an event for each kind of key that is not used. Keys for another purpose are not reported, because they are
 * normal (`use: enc` at every Keycloak, `x509-svid` in every SPIFFE bundle), and would cause an event at each refresh.
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

/** Says which keys are not used, for a message: `private 1, symmetric 2`. */
export function inWords(ignored: UsableKeys['ignored']): string {
  return [...ignored].map(([cause, count]) => `${cause} ${count}`).join(', ') || 'it is empty';
}

function overlap(a: VerificationKey, b: VerificationKey): boolean {
  return a.algorithms.some((algorithm) => b.algorithms.includes(algorithm));
}

/** Keys with the same name are compared. Each key without `kid` has its own name, so it has no duplicates. */
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
