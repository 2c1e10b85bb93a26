/**
 * Whether keys or metadata may be fetched from `url`: an https URL, or an http URL on loopback (`localhost`,
 * 127.0.0.0/8, `[::1]`) or on a host of `allowHttp`. The URL must not contain credentials. Only the text is checked; host
 * names are not resolved.
 */
export function isEndpointUrl(url: unknown, allowHttp: readonly string[] = []): url is string {
  if (!isHttpUrl(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || isLoopback(hostname) || allowHttp.includes(hostname);
}

/** Whether `url` is an absolute http or https URL without credentials in it. */
export function isHttpUrl(url: unknown): url is string {
  if (typeof url !== 'string' || !URL.canParse(url)) return false;
  const { protocol, username, password } = new URL(url);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/**
 * Whether a host, as `URL` writes it, is loopback, that is, this machine. A name such as `keycloak.localhost` does not
 * count: Node resolves it by DNS, which may give any address.
 */
export function isLoopback(hostname: string): boolean {
  // The URL parser has already turned every spelling of an IPv4 address into four decimal numbers.
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Gives a host as `URL` writes it, or `undefined` for anything else: a URL, a host with a port, a path. */
export function hostOf(text: unknown): string | undefined {
  if (typeof text !== 'string' || text === '') return undefined;
  const bare = /^[0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*$/i.test(text) ? `[${text}]` : text;
  if (!/^(?:[\w.-]+|\[[0-9a-f:.]+\])$/i.test(bare) || !URL.canParse(`http://${bare}/`)) {
    return undefined;
  }
  return new URL(`http://${bare}/`).hostname;
}
