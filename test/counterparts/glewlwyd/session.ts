/** Somebody who is signed in at Glewlwyd's own API. */
export interface Session {
  readonly cookie: string;
  /** Sends one request as that person, and returns the body of the answer. */
  send(method: string, path: string, body?: unknown): Promise<unknown>;
}

/**
 * Signs in with the requests that the server's own page sends. The page is a program for a browser
 * and cannot run here.
 */
export async function aSession(
  api: string,
  person: { readonly username: string; readonly password: string },
): Promise<Session> {
  const response = await post(`${api}/auth/`, 'POST', {}, person);
  const cookie = response.headers
    .getSetCookie()
    .map((line) => line.replace(/;.*/, ''))
    .join('; ');
  return {
    cookie,
    async send(method, path, body) {
      const answer = await post(`${api}${path}`, method, { cookie }, body);
      const text = await answer.text();
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}

async function post(
  url: string,
  method: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<Response> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  }
  return response;
}
