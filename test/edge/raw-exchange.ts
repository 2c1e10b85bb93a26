import { connect } from 'node:net';

/** A response as its bytes say it; names in lower case, every line kept. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/**
 * Sends bytes to a server on loopback and reads one response off the wire, by the letter of RFC 9112 and
 * without the help of Node's own parser. `undefined` when the server closes without one. Throws for bytes
 * that are no response.
 */
export function exchangeBytes(
  port: number,
  request: Uint8Array,
  method: string,
): Promise<RawAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port });
    let received = '';
    const settle = (closed: boolean) => {
      try {
        const answer = parseAnswer(received, method, closed);
        if (answer === 'more') return;
        socket.destroy();
        resolve(answer);
      } catch (error) {
        socket.destroy();
        reject(error);
      }
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
      settle(false);
    });
    // A server that has heard enough may reset the connection: what it said before counts.
    socket.on('error', () => undefined);
    socket.on('close', () => settle(true));
    socket.write(request);
  });
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/;
const FIELD_LINE =
  /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*((?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?)[ \t]*$/;

function parseAnswer(
  received: string,
  method: string,
  closed: boolean,
): RawAnswer | undefined | 'more' {
  const end = received.indexOf('\r\n\r\n');
  if (end < 0) {
    if (!closed) return 'more';
    if (received === '') return undefined;
    throw new SyntaxError(`half a response: ${JSON.stringify(received)}`);
  }
  const [first = '', ...lines] = received.slice(0, end).split('\r\n');
  const status = Number(STATUS_LINE.exec(first)?.[1]);
  if (Number.isNaN(status)) throw new SyntaxError(`no status line: ${JSON.stringify(first)}`);
  const body = received.slice(end + 4);
  if (status < 200) return parseAnswer(body, method, closed);
  const headers = lines.map((line): readonly [string, string] => {
    const [, name, value] = FIELD_LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw new SyntaxError(`no field line: ${JSON.stringify(line)}`);
    }
    return [name.toLowerCase(), value];
  });
  const length = headers.find(([name]) => name === 'content-length')?.[1];
  const announced = length === undefined ? Number.POSITIVE_INFINITY : Number(length);
  const expected = method === 'HEAD' || status === 204 ? 0 : announced;
  if (body.length < expected && !closed) return 'more';
  if (expected !== Number.POSITIVE_INFINITY && body.length !== expected) {
    throw new SyntaxError(`${body.length} bytes of content where ${expected} were announced`);
  }
  return { status, headers, body };
}
