import type { AudienceProvider } from '@authly/core/providers';
import type { Workbench } from './frame/workbench.ts';

/**
 * An authorization server that others have made. `npx pnpm counterpart <name>` tests it. Each file
 * in `names/` exports one as `counterpart`, and the name of the file is its name.
 */
export interface Counterpart {
  /** What it starts, in one line. */
  readonly description: string;
  /** Starts the server, on loopback and on a port of the system's choice. */
  start(): Promise<RunningCounterpart>;
}

/** A client that others have made, tested by the same command. */
export interface ClientCounterpart {
  /** What it tests, in one line. */
  readonly description: string;
  /** Lets the client call our servers. Gives one row for each check. */
  meet(): Promise<readonly Meeting[]>;
}

/** One check with such a client. */
export interface Meeting {
  readonly caller: string;
  readonly action: string;
  /** The expected result: the actual text must be equal to it or contain it. */
  readonly expected: string;
  /** By the framework's name. */
  readonly answers: Readonly<Record<string, string>>;
}

/** A running {@link Counterpart}. */
export interface RunningCounterpart {
  /** How the API trusts it: its preset. */
  readonly issuer: AudienceProvider;
  /** The API that its tokens are for. */
  readonly audience: string;
  /** Gets an access token for a user, by a sign-in. */
  userToken(): Promise<string>;
  /** Gets an access token for a machine, by client credentials. */
  machineToken(): Promise<string>;
  /** Ends everything that was started. */
  stop(): Promise<void>;
}

/**
 * A server that others have made, with its own checks: its kinds of tokens, and its other features.
 */
export interface ServerCounterpart {
  /** What it starts, in one line. */
  readonly description: string;
  /** Starts the server and tests this kit with it. Gives one row for each check. */
  run(bench: Workbench): Promise<void>;
}
