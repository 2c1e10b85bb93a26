/** A visit to the pages of a server, to sign in or to sign out. */
export interface SignIn {
  /** The URL of the first page, such as the authorization endpoint with its parameters. */
  readonly start: URL;
  /**
   * The redirect URI of the client. When the server redirects to it, the visit ends; nothing is
   * sent there.
   */
  readonly redirectUri: string;
  /** The values for the fields of each form, by the field's name. */
  readonly fields: Readonly<Record<string, string>>;
}

// Enough for a sign-in, a consent and the redirects between them.
const MAX_STEPS = 20;

/**
 * Does what a browser and a person do: it follows redirects, keeps cookies from one visit to the
 * next, and fills in forms.
 */
export interface Visitor {
  /** Resolves with the URL of the client to which the server redirects the user. */
  visit(visit: SignIn): Promise<URL>;
}

/** A visitor whose cookies a test can read. */
export interface Browser extends Visitor {
  /**
   * The header `Cookie`, with the cookies that the visitor has now. As in any browser, the port
   * does not matter.
   */
  cookie(): string;
}

/** Makes a browser without cookies. */
export function aBrowser(): Browser {
  const cookies = new Map<string, string>();
  return { visit: (visit) => walk(visit, cookies), cookie: () => headerOf(cookies) };
}

/** Signs in. Resolves with the URL of the client, which has the authorization code in it. */
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
    // A front door redirects to the page that the visitor first asked for.
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

/** Reads the only form of the page: its hidden fields, and the fields that the person fills in. */
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
