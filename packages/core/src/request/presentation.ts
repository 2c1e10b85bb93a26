import type { RequestView } from '../http/request-view.ts';

/** A token as it was presented. **Nothing of it is verified.** */
export interface Presentation {
  readonly token: string;
  /** The authentication scheme of its credentials (RFC 6750 §2.1, RFC 9449 §7.1). */
  readonly scheme: 'bearer' | 'dpop';
  /** `undefined` if there is no request, for example for a queue message. Then no proof can be checked. */
  readonly request: RequestView | undefined;
}

/** The token of a request. A class, because every request has one, and it leads to the request: see `exchangeView`. */
export class PresentedToken implements Presentation {
  readonly token: string;
  readonly scheme: 'bearer' | 'dpop';
  readonly request: RequestView;

  constructor({ token, scheme }: Pick<Presentation, 'token' | 'scheme'>, request: RequestView) {
    this.token = token;
    this.scheme = scheme;
    this.request = request;
  }
}
