import type { CredentialSource } from '../http/credential-source.ts';
import type { Principal } from '../model/principal.ts';
import { type Admitted, ANONYMOUS } from '../request/adapter-side.ts';
import type { Requirement } from '../requirement/requirement.ts';
import type { ResourceServer } from '../resource-server.ts';
import type { Admission } from './admission.ts';

const PRESENTED_TOKEN: unique symbol = Symbol.for('@authly/core:presented-token');

const NONE: readonly Requirement[] = Object.freeze([]);

/** The members of an admission mode that an admission keeps. */
type AdmittedBy = Pick<Admission, 'resourceServer' | 'delegated' | 'credentials'>;

/**
 * An admission with its token in a private field, which is never printed, enumerated or copied. A `WeakMap` would hide the
 * token as well, but takes ten times as long for each request.
 */
class RequestAdmission implements Admission {
  readonly resourceServer: ResourceServer<unknown>;
  readonly principal: Principal | undefined;
  passed: readonly Requirement[] = NONE;
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

  // The name is a registered symbol, so that another copy of this package can call it, too. It is a method and not a
  // getter, because `inspect(admission, { showHidden: true, getters: true })` would call a getter and print the token.
  [PRESENTED_TOKEN](): string | undefined {
    return this.#token;
  }
}

/** Makes the admission of a request. It has passed no guard yet. */
export function createAdmission(admitted: Admitted, mode: AdmittedBy): Admission {
  return new RequestAdmission(admitted, mode, false);
}

/** Makes the admission of a request that the option `skip` has admitted. It is anonymous. */
export function createSkippedAdmission(mode: AdmittedBy): Admission {
  return new RequestAdmission(ANONYMOUS, mode, true);
}

/**
 * Gives the access token of a request, to exchange it on behalf of the caller (RFC 8693). `undefined` for an anonymous
 * request. Never log it, and never send it to another service as it is: it is meant only for this API. Printing an
 * admission does not show it.
 */
export function presentedTokenOf(admission: Admission): string | undefined {
  return keepsToken(admission) ? admission[PRESENTED_TOKEN]() : undefined;
}

function keepsToken(
  admission: Admission,
): admission is Admission & { [PRESENTED_TOKEN](): string | undefined } {
  return PRESENTED_TOKEN in admission && typeof admission[PRESENTED_TOKEN] === 'function';
}
