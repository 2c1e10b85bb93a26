import {
  type Clock,
  createRevocations,
  markStops,
  REVOCATION_KINDS,
  type RevocationKeeper,
  type RevocationMark,
  type RevocationQuery,
  type Revocations,
  type RevocationsOptions,
  revocationIdsOf,
} from '@authly/core';
import type { Follower } from './follower.ts';
import type { MarkMirror } from './mark-mirror.ts';
import type { MarkChange, MarkTable } from './mark-table.ts';
import { fieldOf } from './mark-text.ts';

/** A copy of the marks, and the follower that keeps it up to date. */
export interface FollowedMarks {
  readonly mirror: MarkMirror;
  readonly follower: Follower;
  /** How long the copy may be used without contact to the server, in seconds. */
  readonly maxLagSec: number;
}

/** What the store is made from, whether it asks the server or follows it. */
export interface RedisRevocationsContext {
  readonly table: MarkTable;
  /** `undefined`: the server is asked about each token. */
  readonly followed: FollowedMarks | undefined;
  readonly options: RevocationsOptions & { readonly clock: Clock };
}

const OWNER = 'redisStores()';

/** Marks that every process sees: at once if it asks the server, a moment later if it follows. */
export function redisRevocations(context: RedisRevocationsContext): Revocations {
  const { table, followed, options } = context;
  const { clock } = options;
  const isKept = ({ keptUntil }: RevocationMark) => keptUntil * 1_000 > clock.now();
  // The mark takes effect in this process before the call that made it returns.
  const acknowledge = (change: MarkChange) => {
    if (followed?.mirror.acknowledge(change) === false) followed.follower.reload();
  };

  const keeper: RevocationKeeper = {
    async keep(mark, holder) {
      const change = await table.keep(mark, holder);
      acknowledge(change);
      return change.mark;
    },
    async drop(key) {
      const change = await table.drop(key);
      acknowledge({ ...change, mark: undefined });
      return change.mark !== undefined && isKept(change.mark);
    },
    async list() {
      const found = new Map<string, RevocationMark>();
      for await (const marks of table.scan()) {
        for (const mark of marks) if (isKept(mark)) found.set(fieldOf(mark), mark);
      }
      return [...found.values()];
    },
    isRevoked: followed === undefined ? asking(table, isKept) : following(followed, clock),
    ...(followed && { subscribe: (listener) => followed.mirror.subscribe(listener) }),
  };
  return createRevocations(OWNER, keeper, options);
}

/** One command for each token: at most ten fields of one hash. */
function asking(
  table: MarkTable,
  isKept: (mark: RevocationMark) => boolean,
): RevocationKeeper['isRevoked'] {
  return async (token) => {
    const ids = revocationIdsOf(token);
    const keys = REVOCATION_KINDS.flatMap((kind) => ids.of(kind).map((id) => ({ kind, id })));
    const marks = await table.find(keys);
    return marks.some((mark) => markStops(mark, token) && isKept(mark));
  };
}

function following(
  { mirror, follower, maxLagSec }: FollowedMarks,
  clock: Clock,
): RevocationKeeper['isRevoked'] {
  const maxLagMs = maxLagSec * 1_000;

  function answer(token: RevocationQuery): boolean {
    // `abs`: after the clock was set back, the difference is negative, and must not hide a lost contact.
    if (Math.abs(clock.now() - follower.seenAt) > maxLagMs) {
      throw new Error('Redis has sent nothing for longer than maxLagSec');
    }
    return mirror.isRevoked(token);
  }

  return (token) =>
    follower.isLoaded ? answer(token) : follower.loaded().then(() => answer(token));
}
