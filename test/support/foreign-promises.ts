import { runInNewContext } from 'node:vm';

/** Promises that are not a `Promise` of this realm, as some libraries and sandboxes make them. */
export interface ForeignPromises {
  readonly name: string;
  resolved(value: unknown): PromiseLike<never>;
  rejected(error: unknown): PromiseLike<never>;
}

type Settle = (value: unknown) => void;

const OtherPromise: PromiseConstructor = runInNewContext('Promise');

/** Like zone.js's: not a subclass; starts at once; reports unhandled rejections itself. */
class ZoneLikePromise {
  readonly #outcome: Promise<unknown>;
  #isHandled = false;

  constructor(outcome: Promise<unknown>) {
    this.#outcome = outcome;
    outcome.catch((error: unknown) => {
      queueMicrotask(() => {
        if (!this.#isHandled) process.emit('unhandledRejection', error, outcome);
      });
    });
  }

  // biome-ignore lint/suspicious/noThenProperty: that is what makes a promise.
  then(resolve?: Settle, reject?: Settle): ZoneLikePromise {
    this.#isHandled ||= reject !== undefined;
    return new ZoneLikePromise(this.#outcome.then(resolve, reject));
  }
}

/** Like those of query builders: only `then`, and nothing happens before it is called. */
function query(run: (resolve: Settle, reject: Settle) => void): unknown {
  return Object.defineProperty({}, 'then', { value: run });
}

export const foreignPromises: readonly ForeignPromises[] = [
  {
    name: 'a promise of another realm',
    resolved: (value) => OtherPromise.resolve(value) as Promise<never>,
    rejected: (error) => OtherPromise.reject(error),
  },
  {
    name: 'a promise like that of zone.js',
    resolved: (value) => new ZoneLikePromise(Promise.resolve(value)) as never,
    rejected: (error) => new ZoneLikePromise(Promise.reject(error)) as never,
  },
  {
    name: 'a query that runs when it is awaited',
    resolved: (value) => query((resolve) => resolve(value)) as never,
    rejected: (error) => query((_resolve, reject) => reject(error)) as never,
  },
];

/** An object whose `then` cannot be read: awaiting it rejects. */
export function unreadablePromise(error: unknown): PromiseLike<never> {
  const descriptor = {
    get() {
      throw error;
    },
  };
  return Object.defineProperty({}, 'then', descriptor) as PromiseLike<never>;
}
