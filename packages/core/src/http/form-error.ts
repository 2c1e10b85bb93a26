import { hasBrand } from '../model/has-brand.ts';

// A brand instead of instanceof: two copies of this package in one process know each other's errors.
const BRAND: unique symbol = Symbol.for('@authly/core:FormError');

/** Why a request's body cannot be read as a form. */
export type FormFault =
  | 'content_type_unsupported'
  | 'body_too_large'
  | 'body_malformed'
  | 'parameter_repeated';

const DESCRIPTIONS: Readonly<Record<FormFault, string>> = {
  content_type_unsupported: 'The request body must be application/x-www-form-urlencoded in UTF-8',
  body_too_large: 'The request body is too large',
  body_malformed: 'The request body is malformed',
  parameter_repeated: 'A request parameter is included more than once',
};

/** The body of a request cannot be read as a form, by a fault of the client. `message` is from a fixed table. */
export class FormError extends Error {
  readonly reason: FormFault;

  constructor(reason: FormFault, options: { readonly cause?: unknown } = {}) {
    super(DESCRIPTIONS[reason], options);
    this.name = 'FormError';
    this.reason = reason;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** Whether `error` is a {@link FormError}, also one of another copy of this package. */
export function isFormError(error: unknown): error is FormError {
  return hasBrand(error, BRAND);
}
