import type { Algorithm } from '@authly/core';
import type { RequestHandler } from 'express';
import type { Middleware } from 'koa';
import type { Verify } from '../harness/contender.ts';
import type { Target } from '../tokens/target.ts';

/** A verifier that is ready: its keys are loaded, and it does not fetch anything. */
export interface Verifier {
  readonly verify: Verify;
  close?(): void;
}

/** How many verified tokens a peer may remember. */
export interface CacheBounds {
  readonly maxEntries: number;
}

/**
 * A library, used as an API would use it. It checks issuer, audience, `typ`, algorithm and time, as far as it
 * can. What it does not support is absent.
 */
export interface Peer {
  readonly name: string;
  readonly algorithms: readonly Algorithm[];
  /** Verifies every token completely, and remembers none. */
  cold?(target: Target): Verifier | Promise<Verifier>;
  /** The same with the library's own cache of verified tokens. */
  warm?(target: Target, bounds: CacheBounds): Verifier | Promise<Verifier>;
  /** Express middleware: authentication, then one scope. */
  express?(target: Target): readonly RequestHandler[] | Promise<readonly RequestHandler[]>;
  /** Koa middleware: authentication, then one scope. */
  koa?(target: Target): readonly Middleware[] | Promise<readonly Middleware[]>;
}

/** Every algorithm that is measured. */
export const ALGORITHMS: readonly Algorithm[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];
