/**
 * Whether keys or metadata may be fetched from `url`: https, or http on the machine itself
 * (`localhost`, 127.0.0.0/8, `[::1]`), without credentials in it. Looks at the text only: it does
 * not resolve names.
 */
export function isEndpointUrl(url: unknown): url is string {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const { protocol, hostname, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

function isLoopback(hostname: string): boolean {
  // The URL parser has brought every spelling of an IPv4 address into four decimal parts.
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
