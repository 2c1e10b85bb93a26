import type { AudienceProvider } from '@authly/core/providers';

/**
 * An authorization server of somebody else, to be tried by hand: `npx pnpm counterpart <name>`. A
 * file in `names/` exports one as `counterpart`; its name is that of the file.
 */
export interface Counterpart {
  /** What it starts, in one line. */
  readonly description: string;
  /** Starts the server, on loopback and on a port of the system's choice. */
  start(): Promise<RunningCounterpart>;
}

/** A {@link Counterpart} that answers. */
export interface RunningCounterpart {
  /** How the API trusts it: its preset. */
  readonly issuer: AudienceProvider;
  /** The API that its tokens are for. */
  readonly audience: string;
  /** An access token as a user's client gets it: with a sign-in. */
  userToken(): Promise<string>;
  /** An access token as a machine gets it: by client credentials. */
  machineToken(): Promise<string>;
  /** Ends everything that was started. */
  stop(): Promise<void>;
}
