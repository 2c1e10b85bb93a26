import type { Algorithm } from '@authly/core';
import type { RequestHandler } from 'express';
import type { Middleware } from 'koa';
import type { Verify } from '../harness/contender.ts';
import type { Target } from '../tokens/target.ts';

/** A verifier that is ready: its keys are loaded, and it fetches nothing. */
export interface Verifier {
  readonly verify: Verify;
  close?(): void;
}

/** How many verified tokens a peer may remember. */
export interface CacheBounds {
  readonly maxEntries: number;
}

/**
 * A library as an API would use it: issuer, audience, `typ`, algorithm and time are checked by
 * everyone who can. What it has no answer for is absent.
 */
export interface Peer {
  readonly name: string;
  readonly algorithms: readonly Algorithm[];
  /** Whole verification of every token, no memory of earlier ones. */
  cold?(target: Target): Verifier | Promise<Verifier>;
  /** The same with the library's own memory of verified tokens. */
  warm?(target: Target, bounds: CacheBounds): Verifier | Promise<Verifier>;
  /** Express middleware: authentication, then one scope. */
  express?(target: Target): readonly RequestHandler[] | Promise<readonly RequestHandler[]>;
  /** Koa middleware: authentication, then one scope. */
  koa?(target: Target): readonly Middleware[] | Promise<readonly Middleware[]>;
}

/** Every algorithm that is measured. */
export const ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];
