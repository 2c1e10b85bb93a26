import { Given } from '../lib/given.ts';
import type { Principal } from '../model/principal.ts';
import type { VerifiedToken } from './verified-token.ts';

/** A verified token with its text, which is kept after its request, so that the token can be checked again. */
export interface HeldToken {
  /** The text of the token. It must never be printed. */
  readonly token: string;
  readonly verified: VerifiedToken;
}

/**
 * Stores the token of a principal in a private field of the principal. A private field is never copied, printed or
 * logged. It takes a twentieth of the time of an entry in a `WeakMap`, which every new token would need.
 */
class Holder extends Given {
  #held: HeldToken | undefined = undefined;
  #owner: object | undefined = undefined;

  static hold(principal: object, owner: object, held: HeldToken): void {
    if (!(#held in principal)) return;
    principal.#held = held;
    principal.#owner = owner;
  }

  static heldBy(principal: object, owner: object): HeldToken | undefined {
    return #held in principal && principal.#owner === owner ? principal.#held : undefined;
  }
}

/** Adds the private field for the token to an object that will become a principal. Call it before you freeze it. */
export function holdable<Target extends object>(target: Target): Target {
  new Holder(target);
  return target;
}

/** Stores the token that a principal was made from. Only the same `owner` can read it again. */
export function holdToken(principal: Principal, owner: object, held: HeldToken): void {
  Holder.hold(principal, owner, held);
}

/** Gives the token that a principal was made from; `undefined` if another `owner` stored it, or nobody. */
export function heldTokenOf(principal: Principal, owner: object): HeldToken | undefined {
  return Holder.heldBy(principal, owner);
}
