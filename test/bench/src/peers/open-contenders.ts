import type { Contender, Verify } from '../harness/contender.ts';
import type { Corpus } from '../tokens/corpus.ts';
import type { Target } from '../tokens/target.ts';
import { loadPeer, loadPeers, type VariantId } from './index.ts';
import type { Verifier } from './peer.ts';

/** Opens every peer that can verify the target's tokens without a cache, Authly first, then these variants. */
export async function openColdContenders(
  target: Target,
  corpus: Corpus,
  variants: readonly VariantId[] = [],
): Promise<Contender[]> {
  const contenders: Contender[] = [];
  const peers = [...(await loadPeers()), ...(await Promise.all(variants.map(loadPeer)))];
  for (const peer of peers) {
    if (!peer.algorithms.includes(target.algorithm) || peer.cold === undefined) continue;
    contenders.push(await asContender(peer.name, await peer.cold(target), corpus));
  }
  return contenders;
}

/** Opens every peer that remembers verified tokens, Authly first. */
export async function openWarmContenders(target: Target, corpus: Corpus): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const peer of await loadPeers()) {
    if (!peer.algorithms.includes(target.algorithm) || peer.warm === undefined) continue;
    const verifier = await peer.warm(target, { maxEntries: 10_000 });
    contenders.push(await asContender(peer.name, verifier, corpus));
  }
  return contenders;
}

/**
 * Makes a contender of a verifier, after checking that it accepts a good token and refuses a forged one.
 * Without that check its time would mean nothing.
 */
async function asContender(name: string, verifier: Verifier, corpus: Corpus): Promise<Contender> {
  const token = corpus.fresh(0);
  await verifier.verify(token, 0);
  if (await accepts(verifier.verify, forged(token))) throw new Error(`${name} takes forged tokens`);
  return { name, ...verifier };
}

async function accepts(verify: Verify, token: string): Promise<boolean> {
  try {
    await verify(token, 0);
    return true;
  } catch {
    return false;
  }
}

/** The token with another first character in its signature. */
function forged(token: string): string {
  const start = token.lastIndexOf('.') + 1;
  const other = token[start] === 'A' ? 'B' : 'A';
  return token.slice(0, start) + other + token.slice(start + 1);
}
