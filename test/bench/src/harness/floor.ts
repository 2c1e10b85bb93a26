import { constants, type KeyObject, type VerifyKeyObjectInput, verify } from 'node:crypto';
import type { Algorithm } from '@authly/core';
import type { Corpus } from '../tokens/corpus.ts';
import { derSignature } from '../tokens/der-signature.ts';
import type { Target } from '../tokens/target.ts';
import type { Contender } from './contender.ts';

/** The name of {@link floor} in every table. */
export const FLOOR = 'crypto.verify';

interface Signed {
  readonly input: Uint8Array;
  readonly signature: Uint8Array;
}

interface Prepared {
  readonly hash: string | null;
  readonly key: KeyObject | VerifyKeyObjectInput;
  readonly all: readonly Signed[];
  at(index: number): Signed;
}

/**
 * How many tokens of a corpus are prepared. More are not needed, because the operation costs the same for
 * each.
 */
const PREPARED = 1_000;

/**
 * What a verification is compared with: one synchronous `crypto.verify` with a prepared key. The signing input and
 * the signature are bytes already, in the form that costs least. Nothing is parsed, and no claims are checked.
 */
export function floor(target: Target, corpus: Corpus): Contender {
  const { hash, key, at } = prepare(target, corpus);
  return {
    name: FLOOR,
    verify(_token, index) {
      const { input, signature } = at(index);
      if (!verify(hash, input, key, signature)) throw new Error('The floor does not hold');
    },
  };
}

/** The same on the thread pool. It is slower for one token, but a second core can help with many. */
export function pooledFloor(target: Target, corpus: Corpus): Contender {
  const { hash, key, at } = prepare(target, corpus);
  return {
    name: 'crypto.verify, thread pool',
    verify(_token, index) {
      const { input, signature } = at(index);
      return new Promise<void>((resolve, reject) => {
        verify(hash, input, key, signature, (error, valid) =>
          error === null && valid ? resolve() : reject(new Error('The floor does not hold')),
        );
      });
    },
  };
}

/** The arguments of `crypto.verify` for tokens of the corpus. */
export function prepare({ algorithm, publicKey }: Target, corpus: Corpus): Prepared {
  const tokens = Array.from({ length: Math.min(PREPARED, corpus.size) }, (_, index) =>
    signed(corpus.fresh(index), algorithm),
  );
  return {
    hash: algorithm === 'EdDSA' ? null : `sha${algorithm.slice(2)}`,
    key: algorithm.startsWith('PS') ? pssKey(publicKey) : publicKey,
    all: tokens,
    at(index) {
      const token = tokens[index % tokens.length];
      if (token === undefined) throw new Error('The corpus is empty');
      return token;
    },
  };
}

function pssKey(key: KeyObject): VerifyKeyObjectInput {
  const saltLength = constants.RSA_PSS_SALTLEN_DIGEST;
  return { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength };
}

function signed(token: string, algorithm: Algorithm): Signed {
  const dot = token.lastIndexOf('.');
  const raw = Buffer.from(token.slice(dot + 1), 'base64url');
  return {
    input: Buffer.from(token.slice(0, dot), 'latin1'),
    // A KeyObject without options expects DER. The option dsaEncoding would cost half as much again on Node
    // 24.
    signature: algorithm.startsWith('ES') ? derSignature(raw) : raw,
  };
}
