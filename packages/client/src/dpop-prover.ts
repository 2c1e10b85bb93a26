import type { OAuthLibrary } from '@authly/core/client';
import type { ResolvedClock } from './source-clock.ts';

/** The library's key pair with its memory of nonces, one for each origin (RFC 9449 §8, §9). */
export type ProofHandle = ReturnType<OAuthLibrary['DPoP']>;

/** Makes proofs of possession by a key of this source. */
export interface DpopProver {
  /**
   * The handle, made at the first call: `supported` is `dpop_signing_alg_values_supported` of the metadata,
   * and decides the key's type. Every later call gives the same.
   */
  handle(library: OAuthLibrary, supported: unknown): Promise<ProofHandle>;
  /** The handle that was made already; `undefined` before that. */
  readonly made: Promise<ProofHandle> | undefined;
}

/** In this order: every server knows the first, and Spring knows no EdDSA. */
const PREFERRED = ['ES256', 'ES384', 'ES512', 'PS256', 'RS256', 'Ed25519'] as const;

/** Makes a prover. Its private key cannot be exported, and lives as long as this source. */
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
