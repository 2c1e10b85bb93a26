import type { OAuthLibrary } from '@authly/core/client';
import type { ResolvedClock } from './source-clock.ts';

/** An object of the library that holds a key pair and the last nonce of each origin (RFC 9449 §8, §9). */
export type ProofHandle = ReturnType<OAuthLibrary['DPoP']>;

/** Makes proofs of possession with a key of this source. */
export interface DpopProver {
  /**
   * Returns the handle. The first call makes it; every later call returns the same one. The key's type is one
   * of `supported`, which is `dpop_signing_alg_values_supported` of the metadata.
   */
  handle(library: OAuthLibrary, supported: unknown): Promise<ProofHandle>;
  /** The handle, or `undefined` before the first call of `handle`. */
  readonly made: Promise<ProofHandle> | undefined;
}

/** In order of preference. Every server supports ES256, and Spring does not support EdDSA. */
const PREFERRED = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'Ed25519'] as const;

/** Makes a prover. Its private key cannot be exported and is kept as long as this source exists. */
export function createDpopProver(clock: ResolvedClock): DpopProver {
  let made: Promise<ProofHandle> | undefined;
  return {
    get made() {
      return made;
    },
    handle(library, supported) {
      made ??= makeHandle(library, algorithmOf(supported), clock);
      return made;
    },
  };
}

function algorithmOf(supported: unknown): string {
  const listed = Array.isArray(supported) ? supported : [];
  return PREFERRED.find((name) => listed.includes(name)) ?? PREFERRED[0];
}

async function makeHandle(
  library: OAuthLibrary,
  algorithm: string,
  clock: ResolvedClock,
): Promise<ProofHandle> {
  const keyPair = await library.generateKeyPair(algorithm);
  return library.DPoP({}, keyPair, {
    [library.modifyAssertion](_header, payload) {
      payload['iat'] = Math.floor(clock.now() / 1_000);
    },
  });
}
