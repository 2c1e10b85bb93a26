/** An answer to write on a socket, where no framework does. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The texts after the number. RFC 9110 §15: clients read only the number. */
const REASON_PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/**
 * The text of a whole HTTP/1.1 response, after which the connection is closed (RFC 9112 §2.1, §9.6): for a
 * request to upgrade that is refused. Headers and body are configuration and fixed texts, as in every refusal,
 * so nothing of a request can add a line.
 */
export function rawResponse({ status, headers, body }: RawAnswer): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const length = new TextEncoder().encode(body).length;
  return [
    `HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? ''}`,
    ...lines,
    `content-length: ${length}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
