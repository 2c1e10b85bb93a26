/** A server-sent event (WHATWG HTML §9.2). */
export interface ServerSentEvent {
  /** The text of the event. Every kind of line break in it arrives as `\n`. */
  readonly data: string;
  /** The type of the event. Default: `message`. */
  readonly event?: string | undefined;
  /** The id of the event. The client sends the last one as `Last-Event-ID` when it connects again. */
  readonly id?: string | undefined;
  /** How many milliseconds the client waits before it connects again after a break. A whole number. */
  readonly retryMs?: number | undefined;
}

const LINE_BREAK = /\r\n|\r|\n/;

/**
 * Writes an event as it is sent.
 *
 * @throws TypeError for a type or an id with a line break or a NUL, and for a time that is not a whole number: the client
 * would read something else.
 */
export function serverSentEvent({ data, event, id, retryMs }: ServerSentEvent): string {
  const lines = data.split(LINE_BREAK).map((line) => `data: ${line}`);
  if (retryMs !== undefined) lines.unshift(`retry: ${wholeNumber(retryMs)}`);
  if (id !== undefined) lines.unshift(`id: ${oneLine('id', id)}`);
  if (event !== undefined) lines.unshift(`event: ${oneLine('event', event)}`);
  return `${lines.join('\n')}\n\n`;
}

/** Writes a comment as it is sent. Clients ignore it. */
export function serverSentComment(text: string): string {
  return `${text
    .split(LINE_BREAK)
    .map((line) => `: ${line}`)
    .join('\n')}\n\n`;
}

function oneLine(name: string, text: string): string {
  if (!LINE_BREAK.test(text) && !text.includes('\0')) return text;
  throw new TypeError(`The ${name} of a server-sent event must be one line`);
}

function wholeNumber(value: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new TypeError('retryMs of a server-sent event must be a whole number of milliseconds');
}
