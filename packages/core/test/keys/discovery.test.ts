import { describe, expect, it } from 'vitest';
import type { JsonResponse } from '../../src/keys/bounded-json.ts';
import { createDiscovery } from '../../src/keys/discovery.ts';
import { KeyFetchError } from '../../src/keys/key-fetch-error.ts';

const issuer = 'https://as.example.com/tenant';
const openid = `${issuer}/.well-known/openid-configuration`;
const oauth = 'https://as.example.com/.well-known/oauth-authorization-server/tenant';
const metadata = { issuer, jwks_uri: 'https://keys.example.com/jwks' };

/** Documents by URL; a missing one gives a 404. `asked` records the requests in order. */
function aProvider(documents: Record<string, unknown>) {
  const asked: string[] = [];
  async function get(url: string): Promise<JsonResponse> {
    asked.push(url);
    const body = documents[url];
    if (body instanceof Error) throw body;
    if (body === undefined) throw new KeyFetchError('status', 'not found', { status: 404 });
    return { body: body as JsonResponse['body'], headers: new Headers() };
  }
  return { asked, get, documents };
}

const discovery = () => createDiscovery({ documents: [openid, oauth], issuer });

describe('discovery', () => {
  it('reads the first document that exists, and tries it first the next time', async () => {
    const { asked, get } = aProvider({ [oauth]: metadata });
    const discover = discovery();
    await expect(discover(get)).resolves.toBe('https://keys.example.com/jwks');
    await discover(get);
    expect(asked).toEqual([openid, oauth, oauth]);
  });

  it('reads the metadata each time, so that a changed jwks_uri is noticed', async () => {
    const { get, documents } = aProvider({ [openid]: metadata });
    const discover = discovery();
    await discover(get);
    documents[openid] = { ...metadata, jwks_uri: 'https://keys.example.com/moved' };
    await expect(discover(get)).resolves.toBe('https://keys.example.com/moved');
  });

  it('tries the other places in the same attempt when the known document is gone', async () => {
    const { asked, get, documents } = aProvider({ [oauth]: metadata });
    const discover = discovery();
    await discover(get);
    delete documents[oauth];
    documents[openid] = metadata;
    await expect(discover(get)).resolves.toBe('https://keys.example.com/jwks');
    await discover(get);
    expect(asked).toEqual([openid, oauth, oauth, openid, openid]);
  });

  it.each([
    ['a network failure', new KeyFetchError('network', 'refused')],
    ['a time-out', new KeyFetchError('timeout', 'too slow')],
    ['too much', new KeyFetchError('too_large', 'huge')],
    ['an exception', new Error('else')],
  ])('%s ends the attempt', async (_what, failure) => {
    const { asked, get } = aProvider({ [openid]: failure, [oauth]: metadata });
    await expect(discovery()(get)).rejects.toBe(failure);
    expect(asked).toEqual([openid]);
  });

  it.each<readonly [string, unknown]>([
    ...[400, 401, 403, 404, 405, 406, 410, 500, 502].map(
      (status) => [`status ${status}`, new KeyFetchError('status', 'no', { status })] as const,
    ),
    ['a redirect', new KeyFetchError('redirect', 'moved')],
    ['HTML', new KeyFetchError('not_json', 'html')],
    ['JSON that states nothing', { error: 'Realm does not exist' }],
  ])('%s is not metadata, so the next place is tried', async (_what, answer) => {
    const { asked, get } = aProvider({ [openid]: answer, [oauth]: metadata });
    await expect(discovery()(get)).resolves.toBe('https://keys.example.com/jwks');
    expect(asked).toEqual([openid, oauth]);
  });

  it('when no place has metadata, the first failure is reported', async () => {
    const first = new KeyFetchError('status', 'forbidden', { status: 403 });
    const { asked, get } = aProvider({ [openid]: first });
    await expect(discovery()(get)).rejects.toBe(first);
    expect(asked).toEqual([openid, oauth]);
  });

  it.each([
    ['another issuer', 'https://evil.example.com'],
    ['a trailing slash', `${issuer}/`],
    ['another case', issuer.toUpperCase()],
    ['a list', [issuer]],
    ['none', undefined],
  ])('metadata of %s is refused, and no other document is tried', async (_what, stated) => {
    const { asked, get } = aProvider({
      [openid]: { ...metadata, issuer: stated },
      [oauth]: metadata,
    });
    await expect(discovery()(get)).rejects.toMatchObject({ failure: 'issuer_mismatch' });
    expect(asked).toEqual([openid]);
  });

  it.each([
    ['http', 'http://keys.example.com/jwks'],
    ['a relative', '/jwks'],
    ['no', undefined],
    ['a non-string', ['https://keys.example.com/jwks']],
  ])('%s jwks_uri is refused', async (_what, jwksUri) => {
    const { get } = aProvider({ [openid]: { ...metadata, jwks_uri: jwksUri } });
    await expect(discovery()(get)).rejects.toMatchObject({ failure: 'malformed' });
  });
});

describe('a jwks_uri on this machine', () => {
  const local = { issuer, jwks_uri: 'http://127.0.0.1:9200/jwks' };

  it.each([
    ['http', 'is not an https URL'],
    ['https', 'is a URL on this machine, and the metadata came from another'],
  ])(
    'is refused in a document from elsewhere, because it would send us to a local server (%s)',
    async (scheme, why) => {
      for (const host of ['127.0.0.1:9200', 'localhost', '[::1]']) {
        const { get } = aProvider({ [openid]: { issuer, jwks_uri: `${scheme}://${host}/jwks` } });
        await expect(discovery()(get)).rejects.toMatchObject({
          failure: 'malformed',
          message: expect.stringContaining(`jwks_uri of the metadata ${why}`),
        });
      }
    },
  );

  it('is followed in a document from this machine', async () => {
    const document = 'http://localhost:8080/.well-known/openid-configuration';
    const { get } = aProvider({ [document]: local });
    const discover = createDiscovery({ documents: [document], issuer });
    await expect(discover(get)).resolves.toBe(local.jwks_uri);
  });
});

describe('a polluted prototype', () => {
  it.each([
    ['issuer', issuer, { jwks_uri: 'https://keys.example.com/jwks' }, 'issuer_mismatch'],
    ['jwks_uri', 'https://evil.example.com/jwks', { issuer }, 'malformed'],
  ])(
    '%s of the prototype is not read as part of the document',
    async (name, value, body, failure) => {
      const { get } = aProvider({ [openid]: body });
      Object.defineProperty(Object.prototype, name, { value, configurable: true });
      const found = await discovery()(get).catch((error: unknown) => error);
      Reflect.deleteProperty(Object.prototype, name);
      expect(found).toMatchObject({ failure });
    },
  );

  it('does not change what a failure says', async () => {
    const { get } = aProvider({ [openid]: { issuer: 'https://other' } });
    await expect(discovery()(get)).rejects.toThrow(`The metadata is not that of ${issuer}`);
    const other = aProvider({ [openid]: { issuer, jwks_uri: 'http://as.example.com' } });
    await expect(discovery()(other.get)).rejects.toThrow(
      'jwks_uri of the metadata is not an https URL',
    );
  });
});

describe('metadata of another issuer', () => {
  const lineOf = async (stated: unknown, document: string, jwksUri: unknown) => {
    const { get } = aProvider({ [document]: { issuer: stated, jwks_uri: jwksUri } });
    const options = { documents: [document], issuer, preset: 'keycloak', allowHttp: ['keycloak'] };
    const error: unknown = await createDiscovery(options)(get).catch((reason: unknown) => reason);
    return error instanceof KeyFetchError ? error : expect.unreachable('a KeyFetchError');
  };

  it('is reported with both issuers and the line to write, with the host that answers', async () => {
    const document = 'http://keycloak:8080/realms/a/.well-known/openid-configuration';
    const stated = 'https://sso.acme.com/realms/a';
    const error = await lineOf(stated, document, `${stated}/protocol/openid-connect/certs`);
    const line = `keycloak({ issuer: '${stated}', jwksUri: 'http://keycloak:8080/realms/a/protocol/openid-connect/certs' })`;
    expect(error).toMatchObject({ statedIssuer: stated, toWrite: line });
    expect(error.message).toBe(
      `The metadata is not that of ${issuer}, but of ${stated}. If tokens have that iss, write: ${line} (${document})`,
    );
  });

  it('of the same server is reported with only the issuer to write, because its metadata was found', async () => {
    const error = await lineOf(`${issuer}/`, openid, 'https://as.example.com/keys');
    expect(error.toWrite).toBe(`keycloak({ issuer: '${issuer}/' })`);
  });

  it.each([
    ['no URL', 'tenant'],
    ['a quote', "https://evil.example/'})"],
    ['white space', 'https://evil.example/\nkeys fetched'],
    ['an absurd length', `https://evil.example/${'x'.repeat(600)}`],
    ['credentials', 'https://user:secret@evil.example'],
    ['a list', ['https://evil.example']],
  ])('is not quoted when it is %s', async (_what, stated) => {
    const error = await lineOf(stated, openid, 'https://as.example.com/keys');
    expect(error.statedIssuer).toBeUndefined();
    expect(error.message).toBe(`The metadata is not that of ${issuer} (${openid})`);
  });
});

describe('http on a host of allowHttp', () => {
  const document = 'http://keycloak:8080/.well-known/openid-configuration';
  const leads = async (from: string, to: string) => {
    const { get } = aProvider({ [from]: { issuer, jwks_uri: to } });
    const options = { documents: [from], issuer, allowHttp: ['keycloak', '172.18.0.3'] };
    return createDiscovery(options)(get).then(
      () => true,
      () => false,
    );
  };

  it.each([
    [document, 'http://keycloak:8080/jwks', true],
    [document, 'http://172.18.0.3/jwks', true],
    [document, 'https://elsewhere.example.com/jwks', true],
    [document, 'http://elsewhere.example.com/jwks', false],
    [document, 'http://127.0.0.1:9200/jwks', false],
    [openid, 'http://keycloak:8080/jwks', false],
    ['http://localhost:8080/metadata', 'http://keycloak:8080/jwks', true],
  ])('from %s to %s: %s', async (from, to, may) => {
    expect(await leads(from, to)).toBe(may);
  });
});
