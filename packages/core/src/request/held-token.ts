import { Given } from '../lib/given.ts';
import type { Principal } from '../model/principal.ts';
import type { VerifiedToken } from './verified-token.ts';

/** A verified token that is held on to after its request, with its text: to ask about it again. */
export interface HeldToken {
  /** Never to be printed. */
  readonly token: string;
  readonly verified: VerifiedToken;
}

/**
 * Lets a principal lead to its token. A private member, since it is in no copy, no message and no log, and
 * costs a twentieth of an entry in a `WeakMap`: every new token would pay for that.
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

/** Makes room for the token in an object that will be a principal. To be done before it is frozen. */
export function holdable<Target extends object>(target: Target): Target {
  new Holder(target);
  return target;
}

/** Remembers the token that a principal was made of. `owner` is who may ask for it. */
export function holdToken(principal: Principal, owner: object, held: HeldToken): void {
  Holder.hold(principal, owner, held);
}

/** The token that a principal was made of; `undefined` for a principal of somebody else than `owner`. */
export function heldTokenOf(principal: Principal, owner: object): HeldToken | undefined {
  return Holder.heldBy(principal, owner);
}
