/** A way through the pages of a server: to sign in, or to sign out. */
export interface SignIn {
  /** Where the user goes first: the authorization endpoint with its parameters, say. */
  readonly start: URL;
  /** Where the client waits. The address that the server sends the user to is not opened. */
  readonly redirectUri: string;
  /** What is typed into the fields of each form, by their names. */
  readonly fields: Readonly<Record<string, string>>;
}

// A sign-in, a consent, and the redirects between them.
const MAX_STEPS = 20;

/** What a browser and a person do: follows redirects, keeps cookies from one visit to the next, fills in forms. */
export interface Visitor {
  /** Resolves with the address at the client that the server sends the user to. */
  visit(visit: SignIn): Promise<URL>;
}

/** A visitor whose cookies can be looked at. */
export interface Browser extends Visitor {
  /** The header `Cookie`, with what it has now. Ports are not told apart, as in any browser. */
  cookie(): string;
}

/** A browser without cookies. */
export function aBrowser(): Browser {
  const cookies = new Map<string, string>();
  return { visit: (visit) => walk(visit, cookies), cookie: () => headerOf(cookies) };
}

/** Signs in; resolves with the address at the client, which has the authorization code. */
export function signIn(visit: SignIn): Promise<URL> {
  return aBrowser().visit(visit);
}

async function walk(
  { start, redirectUri, fields }: SignIn,
  cookies: Map<string, string>,
): Promise<URL> {
  let next: { readonly url: URL; readonly form?: URLSearchParams } = { url: start };
  for (let step = 0; step < MAX_STEPS; step += 1) {
    const { url, form } = next;
    // A front door sends the visitor back to where he came from.
    if (step > 0 && url.href.startsWith(redirectUri)) return url;
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: headerOf(cookies) },
      ...(form !== undefined && { method: 'POST', body: form }),
    });
    keepCookies(cookies, response);
    const location = response.headers.get('location');
    const page = await response.text();
    next = location === null ? submit(page, url, fields) : { url: new URL(location, url) };
  }
  throw new Error(`No end after ${MAX_STEPS} steps: ${next.url.href}`);
}

function headerOf(cookies: ReadonlyMap<string, string>): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
}

function keepCookies(cookies: Map<string, string>, response: Response): void {
  for (const line of response.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
    if (value === '') cookies.delete(name);
    else cookies.set(name, value);
  }
}

/** The one form of the page with its hidden fields, and with those that the person fills in. */
function submit(
  page: string,
  url: URL,
  fields: SignIn['fields'],
): { url: URL; form: URLSearchParams } {
  const [, tag = '', content = ''] = /<form\b([^>]*)>([\s\S]*?)<\/form>/.exec(page) ?? [];
  const action = attribute(tag, 'action');
  if (action === undefined) throw new Error(`No form at ${url.href}:\n${page.slice(0, 2_000)}`);
  const form = new URLSearchParams();
  for (const [input] of content.matchAll(/<input\b[^>]*>/g)) {
    const name = attribute(input, 'name');
    if (name !== undefined) form.set(name, fields[name] ?? attribute(input, 'value') ?? '');
  }
  return { url: new URL(action, url), form };
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value?.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
}
