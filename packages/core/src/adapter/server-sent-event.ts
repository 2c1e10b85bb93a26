/** A server-sent event (WHATWG HTML §9.2). */
export interface ServerSentEvent {
  /** Text; line breaks in it arrive as `\n`. */
  readonly data: string;
  /** Its type. Default: `message`. */
  readonly event?: string | undefined;
  /** What the client sends as `Last-Event-ID` when it comes back. */
  readonly id?: string | undefined;
  /** After how many milliseconds the client comes back when the connection breaks. A whole number. */
  readonly retryMs?: number | undefined;
}

const LINE_BREAK = /\r\n|\r|\n/;

/**
 * An event as it is sent.
 *
 * @throws TypeError for a type or an id with a line break, an id with a NUL, and a time that is no whole
 * number: the client would read something else.
 */
export function serverSentEvent({ data, event, id, retryMs }: ServerSentEvent): string {
  const lines = data.split(LINE_BREAK).map((line) => `data: ${line}`);
  if (retryMs !== undefined) lines.unshift(`retry: ${wholeNumber(retryMs)}`);
  if (id !== undefined) lines.unshift(`id: ${oneLine('id', id)}`);
  if (event !== undefined) lines.unshift(`event: ${oneLine('event', event)}`);
  return `${lines.join('\n')}\n\n`;
}

/** A comment as it is sent: clients ignore it. */
export function serverSentComment(text: string): string {
  return `${text
    .split(LINE_BREAK)
    .map((line) => `: ${line}`)
    .join('\n')}\n\n`;
}

function oneLine(name: string, text: string): string {
  if (!LINE_BREAK.test(text) && !text.includes('\0')) return text;
  throw new TypeError(`The ${name} of a server-sent event is one line`);
}

function wholeNumber(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError('retryMs of a server-sent event is a whole number of milliseconds');
}
