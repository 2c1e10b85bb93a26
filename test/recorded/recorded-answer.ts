import { readdirSync, readFileSync } from 'node:fs';

/** What a real server answered about a token (RFC 7662 §2.2). Names in it are invented. */
export interface RecordedAnswer {
  readonly id: string;
  readonly server: string;
  readonly version: string;
  /** Which token was asked about, and by whom. */
  readonly how: string;
  /** Who really called by that token; `neither` for what is no access token, or no longer one. */
  readonly kind: 'user' | 'client' | 'neither';
  readonly answer: Readonly<Record<string, unknown>> & { readonly active: boolean };
}

/** The recorded answers of each server, by the name of its file; what is no answer, such as an error, is left out. */
export const ANSWERS: ReadonlyMap<string, readonly RecordedAnswer[]> = new Map(
  readdirSync(new URL('introspection', import.meta.url)).map((file) => {
    const text = readFileSync(new URL(`introspection/${file}`, import.meta.url), 'utf8');
    const entries: readonly RecordedAnswer[] = JSON.parse(text);
    return [
      file.replace(/\.json$/, ''),
      entries.filter(({ answer }) => typeof answer.active === 'boolean'),
    ];
  }),
);
