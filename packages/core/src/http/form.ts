import { checkOptions, type OptionNames } from '../lib/check-options.ts';
import { mustBe } from '../lib/option-checks.ts';
import { checkAnnouncedLength, isEmptyBody, readBody } from './body.ts';
import { FormError } from './form-error.ts';
import type { HandlerRequest } from './handler.ts';

/** The parameters of a request body. A parameter without a value is not there (RFC 6749 §3.2). */
export interface Form {
  get(name: string): string | undefined;
  /** All values of a parameter that may be repeated. */
  all(name: string): readonly string[];
}

/** How {@link readForm} reads. */
export interface FormOptions {
  /** Parameters that may occur more than once, such as `resource` (RFC 8707 §2). Default: none. */
  readonly repeatable?: readonly string[] | undefined;
}

const OPTIONS: OptionNames<FormOptions> = {
  repeatable: mustBe.listOfTexts("repeatable: ['resource']"),
};

/** RFC 9110 §8.3.1: type/subtype, then parameters. The only charset that is accepted is UTF-8. */
const FORM_TYPE =
  /^application\/x-www-form-urlencoded[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?;?$/i;

/**
 * Reads a form from a request, whichever body parser ran before: from what a parser made of the body (an
 * object, text or bytes), or else from the body itself. At most 64 KiB are read.
 *
 * Checks: content type and charset, size, UTF-8, and that no parameter occurs twice unless it is
 * `repeatable`. Does not check which parameters there are.
 *
 * @throws FormError for a body that is no such form.
 * @throws Error when the body was read before and nothing of it is left: a fault of the application.
 */
export async function readForm(request: HandlerRequest, options: FormOptions = {}): Promise<Form> {
  const { repeatable = [] } = checkOptions('readForm()', options, OPTIONS);
  const contentType = request.header('content-type');
  if (typeof contentType !== 'string' || !FORM_TYPE.test(contentType)) {
    throw new FormError('content_type_unsupported');
  }
  checkAnnouncedLength(request);
  return toForm(await entriesOf(request), repeatable);
}

type Entries = readonly (readonly [string, string])[];

async function entriesOf(request: HandlerRequest): Promise<Entries> {
  const { parsedBody } = request;
  // A parser made this of the body: an object for a form, or something else for another content type.
  const isOther =
    parsedBody !== undefined &&
    typeof parsedBody !== 'string' &&
    !(parsedBody instanceof Uint8Array) &&
    !isEmptyBody(parsedBody);
  if (isOther) return parsedEntries(parsedBody);
  return [...new URLSearchParams(await readBody(request))];
}

/** Names and values of a parsed body: an object of strings and lists of strings. */
function parsedEntries(body: unknown): Entries {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new FormError('body_malformed');
  }
  return Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return values.map((item) => {
      if (typeof item !== 'string') throw new FormError('body_malformed');
      return [name, item] as const;
    });
  });
}

function toForm(entries: Entries, repeatable: readonly string[]): Form {
  const values = new Map<string, string[]>();
  for (const [name, value] of entries) {
    const sameName = values.get(name);
    if (sameName === undefined) values.set(name, [value]);
    else if (repeatable.includes(name)) sameName.push(value);
    else throw new FormError('parameter_repeated');
  }
  const all = (name: string): readonly string[] =>
    (values.get(name) ?? []).filter((value) => value !== '');
  return { get: (name) => all(name)[0], all };
}
