/** Tokens as a server gets them: each request has a string of its own. */
export interface Corpus {
  /** How many distinct tokens there are. */
  readonly size: number;
  /** Mean length of a token. */
  readonly characters: number;
  /** The token with this index, in a new string, which has no hash yet and is not flattened. */
  fresh(index: number): string;
}

const SCHEME = 'Bearer ';

/**
 * Makes a corpus. Its tokens are kept as bytes outside the heap. `fresh` decodes a whole `Authorization`
 * header and cuts the token out of it, as Node's parser and any middleware do.
 */
export function corpusOf(tokens: readonly string[]): Corpus {
  const ends: number[] = [];
  let end = 0;
  for (const token of tokens) {
    end += SCHEME.length + token.length;
    ends.push(end);
  }
  const bytes = Buffer.from(tokens.map((token) => SCHEME + token).join(''), 'latin1');
  return {
    size: tokens.length,
    characters: end / tokens.length - SCHEME.length,
    fresh(index) {
      const header = bytes.toString('latin1', ends[index - 1] ?? 0, ends[index]);
      return header.slice(SCHEME.length);
    },
  };
}
