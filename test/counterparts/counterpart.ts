import type { AudienceProvider } from '@authly/core/providers';
import type { Workbench } from './frame/workbench.ts';

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

/** A client of somebody else, to be tried by hand in the same way. */
export interface ClientCounterpart {
  /** What it tries, in one line. */
  readonly description: string;
  /** Lets the client meet servers of ours: one row for each thing that was tried. */
  meet(): Promise<readonly Meeting[]>;
}

/** One thing that a client of somebody else has tried. */
export interface Meeting {
  readonly caller: string;
  readonly action: string;
  /** What has to come of it: this text, or one that has this in it. */
  readonly expected: string;
  /** By the framework's name. */
  readonly answers: Readonly<Record<string, string>>;
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

/** A server of somebody else that is tried at length: its own kinds of tokens, and what it can beside them. */
export interface ServerCounterpart {
  /** What it starts, in one line. */
  readonly description: string;
  /** Starts the server and holds the kit to it: a row for each thing that was tried. */
  run(bench: Workbench): Promise<void>;
}
