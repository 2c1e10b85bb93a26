import { connect, type Socket } from 'node:net';

/** A header as it goes over the wire: nothing is normalized, joined or left out. */
export type WireHeader = readonly [name: string, value: string];

/** A request, byte for byte. */
export interface WireRequest {
  readonly method?: string;
  /** The request target as it stands on the first line. */
  readonly target?: string;
  readonly headers?: readonly WireHeader[];
  readonly body?: string | Uint8Array;
  /** Sends the body chunked, with these trailers. */
  readonly trailers?: readonly WireHeader[];
}

/** What came back. */
export interface WireAnswer {
  readonly status: number;
  /** By lower-case name; a repeated header is joined by a line break, which no header holds. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Everything that came back, as text. */
  readonly raw: string;
}

/** A connection that sends one request after the other, and opens anew when the server ended it. */
export interface Wire {
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

/** A {@link Wire} to a port on loopback. */
export function wireTo(port: number): Wire {
  return wireOver(() => connect(port, '127.0.0.1'));
}

/** A {@link Wire} over connections that are opened so: by TLS, to a Unix domain socket, from an address. */
export function wireOver(connectAnew: () => Socket): Wire {
  let socket: Socket | undefined;

  function open(): Socket {
    if (socket !== undefined && !socket.destroyed && socket.readable) return socket;
    socket = connectAnew();
    socket.setNoDelay(true);
    return socket;
  }

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        const current = open();
        let received = '';
        const finish = (ended: boolean) => {
          const complete = completeAnswer(received, request.method === 'HEAD', ended);
          if (complete === undefined) return;
          current.removeAllListeners();
          current.on('error', () => {});
          if (ended || complete.headers['connection'] === 'close') current.destroy();
          resolve(complete);
        };
        current.on('data', (chunk: Buffer) => {
          received += chunk.toString('latin1');
          finish(false);
        });
        current.on('end', () => finish(true));
        current.on('error', reject);
        current.write(bytesOf(request));
      }),
    close: () => socket?.destroy(),
  };
}

/** The request as bytes; text is latin1, as Node reads headers. */
export function bytesOf(request: WireRequest): Buffer {
  const { method = 'GET', target = '/', headers = [], body, trailers } = request;
  const bytes = Buffer.from(body ?? '');
  const framing: readonly WireHeader[] =
    trailers !== undefined
      ? [
          ['transfer-encoding', 'chunked'],
          ['trailer', trailers.map(([name]) => name).join(',')],
        ]
      : body !== undefined
        ? [['content-length', String(bytes.length)]]
        : [];
  const lines = [...headers, ['host', 'api.example.com'], ...framing];
  const head = `${method} ${target} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  if (trailers === undefined) return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
  const end = trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return Buffer.from(
    `${head}${bytes.length.toString(16)}\r\n${bytes.toString('latin1')}\r\n0\r\n${end}\r\n`,
    'latin1',
  );
}

/** The answer, once all of it is there. */
function completeAnswer(raw: string, isHead: boolean, ended: boolean): WireAnswer | undefined {
  const headEnd = raw.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [statusLine = '', ...lines] = raw.slice(0, headEnd).split('\r\n');
  const body = raw.slice(headEnd + 4);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const earlier = headers[name];
    headers[name] = earlier === undefined ? value : `${earlier}\n${value}`;
  }
  const status = Number(statusLine.split(' ')[1]);
  const length = isHead || status === 204 ? 0 : Number(headers['content-length'] ?? Number.NaN);
  const isLastChunk = headers['transfer-encoding'] === 'chunked' && body.endsWith('\r\n0\r\n\r\n');
  return ended || isLastChunk || body.length >= length ? { status, headers, body, raw } : undefined;
}
