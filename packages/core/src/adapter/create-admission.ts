import type { CredentialSource } from '../http/credential-source.ts';
import type { Principal } from '../model/principal.ts';
import { type Admitted, ANONYMOUS } from '../request/adapter-side.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';
import type { Admission } from './admission.ts';

const PRESENTED_TOKEN: unique symbol = Symbol.for('@authly/core:presented-token');

/** The members of a mode that an admission keeps. */
type AdmittedBy = Pick<Admission, 'resourceServer' | 'delegated' | 'credentials'>;

/**
 * An admission that holds its token in a private field, which nothing prints, enumerates or copies. A
 * `WeakMap` would hide it as well, but its entry costs each request ten times as much.
 */
class RequestAdmission implements Admission {
  readonly resourceServer: ResourceServer<unknown>;
  readonly principal: Principal | undefined;
  readonly passed: Requirement[] = [];
  readonly delegated: boolean;
  readonly credentials: CredentialSource | undefined;
  readonly skipped: boolean;
  readonly #token: string | undefined;

  constructor(
    { principal, token }: Admitted,
    { resourceServer, delegated, credentials }: AdmittedBy,
    skipped: boolean,
  ) {
    this.resourceServer = resourceServer;
    this.principal = principal;
    this.delegated = delegated;
    this.credentials = credentials;
    this.skipped = skipped;
    this.#token = token;
  }

  // By a registered symbol, so that another copy of this package in the process can read it, too. A method
  // and no getter: `inspect(admission, { showHidden: true, getters: true })` runs those.
  [PRESENTED_TOKEN](): string | undefined {
    return this.#token;
  }
}

/** Makes the admission of a request that has passed no guard yet. */
export function createAdmission(admitted: Admitted, mode: AdmittedBy): Admission {
  return new RequestAdmission(admitted, mode, false);
}

/** Makes the admission of a request that `authenticate` was told to skip: it is anonymous. */
export function createSkippedAdmission(mode: AdmittedBy): Admission {
  return new RequestAdmission(ANONYMOUS, mode, true);
}

/**
 * The access token that a request was let in with, to exchange it on the caller's behalf (RFC 8693);
 * `undefined` for an anonymous request. Never log it, and never send it on as it is: it is meant for
 * this API alone. Printing an admission does not show it.
 */
export function presentedTokenOf(admission: Admission): string | undefined {
  return keepsToken(admission) ? admission[PRESENTED_TOKEN]() : undefined;
}

function keepsToken(
  admission: Admission,
): admission is Admission & { [PRESENTED_TOKEN](): string | undefined } {
  return PRESENTED_TOKEN in admission && typeof admission[PRESENTED_TOKEN] === 'function';
}
