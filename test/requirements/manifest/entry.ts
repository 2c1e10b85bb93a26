/** How strongly an RFC asks for something (RFC 2119). */
export type Level = 'MUST' | 'MUST NOT' | 'SHOULD' | 'SHOULD NOT' | 'MAY';

/** One thing that an RFC asks of a resource server, of an authorization server, or of a client. */
export interface Entry {
  /** `RFC6750-3.1-a`: the RFC, the section, and a letter. Never used for anything else. */
  readonly id: `RFC${number}-${string}-${string}`;
  readonly level: Level;
  /** What is asked, as behavior that a test can see. */
  readonly behavior: string;
  /** Why it is not done. Without it, some test shows that it is. */
  readonly declined?: string;
}

/** What one RFC asks. */
export interface Coverage {
  readonly rfc: number;
  readonly title: string;
  /** Which part of the RFC is meant, and whose. */
  readonly scope: string;
  readonly entries: readonly Entry[];
}
