import type { Coverage } from './entry.ts';

export const rfc6455: Coverage = {
  rfc: 6455,
  title: 'The WebSocket Protocol',
  scope:
    'what decides who may open a socket and when it is closed: `guardUpgrade`, `firstMessage`, `closeWithLease`. Frames and handshakes are the business of the library, such as `ws`',
  entries: [
    {
      id: 'RFC6455-4.1-a',
      level: 'MUST',
      behavior:
        'The name of a protocol is a token: a prefix that is not a token is refused at construction.',
    },
    {
      id: 'RFC6455-4.2.2-a',
      level: 'MAY',
      behavior:
        'A client is authenticated before the upgrade: else a whole HTTP answer, 401 with WWW-Authenticate, and no socket.',
    },
    {
      id: 'RFC6455-4.2.2-b',
      level: 'MUST',
      behavior: 'A page whose origin is not accepted gets an HTTP error (403), and no socket.',
    },
    {
      id: 'RFC6455-4.2.2-c',
      level: 'MUST',
      behavior:
        'The protocol that the server names is one that the client offers and the server speaks: never the one that holds the token.',
    },
    {
      id: 'RFC6455-5.5-a',
      level: 'MUST',
      behavior: 'A close frame has at most 125 bytes: a code of two and a text of at most 123.',
    },
    {
      id: 'RFC6455-7.4.1-a',
      level: 'MAY',
      behavior:
        'A socket is closed with 1008 when its token counts no longer, with 1001 when the server goes away, and 1000 is the normal end.',
    },
    {
      id: 'RFC6455-7.4.1-b',
      level: 'MAY',
      behavior: 'A socket is closed with 1011 after a fault of the application.',
    },
    {
      id: 'RFC6455-7.4.1-c',
      level: 'MUST NOT',
      behavior: '1005, 1006 and 1015 are never sent: closeCodes refuses them.',
    },
    {
      id: 'RFC6455-7.4.2-a',
      level: 'MAY',
      behavior: 'Applications have codes of their own, 3000 to 4999.',
    },
    {
      id: 'RFC6455-10.2-a',
      level: 'SHOULD',
      behavior:
        'Where the browser sends the credential by itself (a cookie), the origin of the page is checked.',
    },
    {
      id: 'RFC6455-10.5-a',
      level: 'MAY',
      behavior:
        'Clients are authenticated as in any HTTP request: a header, a cookie, a certificate.',
    },
    {
      id: 'RFC6455-11.3.4-a',
      level: 'MAY',
      behavior: 'Protocols are offered in one header or in several, which is the same.',
    },
  ],
};
