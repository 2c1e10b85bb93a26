import type { RequestView } from '../http/request-view.ts';

/** A token as a caller presents it. **Nothing of it is verified.** */
export interface Presentation {
  readonly token: string;
  /** The authentication scheme that it came with (RFC 6750 §2.1, RFC 9449 §7.1). */
  readonly scheme: 'bearer' | 'dpop';
  /** `undefined` where there is no request, as for a queue message: then no proof can be checked. */
  readonly request: RequestView | undefined;
}
