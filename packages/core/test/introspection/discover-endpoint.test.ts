import { describe, expect, it } from 'vitest';
import { aClock, ISSUER } from '../../../../test/support/tokens.ts';
import {
  createDiscoverEndpoint,
  type DiscoverEndpointContext,
} from '../../src/introspection/discover-endpoint.ts';

const OPENID = `${ISSUER}/.well-known/openid-configuration`;
const OAUTH = `${ISSUER}/.well-known/oauth-authorization-server`;
const ENDPOINT = `${ISSUER}/introspect`;
const FULL = { issuer: ISSUER, introspection_endpoint: ENDPOINT };

type Documents = Readonly<Record<string, object | Error | undefined>>;

function setUp(documents: Documents, options: Partial<DiscoverEndpointContext> = {}) {
  const clock = aClock();
  const asked: string[] = [];
  const state = { documents };
  const fetch = async (url: unknown) => {
    asked.push(String(url));
    const document = state.documents[String(url)];
    if (document instanceof Error) throw document;
    return document === undefined ? new Response('', { status: 404 }) : Response.json(document);
  };
  const discover = createDiscoverEndpoint({
    endpoint: 'introspection_endpoint',
    issuer: ISSUER,
    keys: { kind: 'static', jwks: { keys: [] } },
    fetch: fetch as typeof globalThis.fetch,
    allowHttp: [],
    clock,
    isMutualTls: false,
    failure: (message, { cause }) =>
      Object.assign(new Error(message, { cause }), { failure: 'discovery' }),
    ...options,
  });
  const find = async (signal = new AbortController().signal) => (await discover(signal)).url;
  return { clock, asked, state, find };
}

describe('the discovery of the endpoint', () => {
  it('reads the documents of the preset first, each once', async () => {
    const own = 'https://as.example.com/own';
    const { asked, find } = setUp(
      { [own]: { issuer: ISSUER }, [OAUTH]: FULL },
      { keys: { kind: 'discovery', documents: [own, OPENID] } },
    );
    expect(await find()).toBe(ENDPOINT);
    expect(asked).toEqual([own, OPENID, OAUTH]);
  });

  it('keeps the endpoint for ten minutes, and through an outage', async () => {
    const { asked, clock, find, state } = setUp({ [OPENID]: FULL });
    await find();
    clock.advance(599_999);
    await find();
    expect(asked).toHaveLength(1);
    clock.advance(1);
    state.documents = { [OPENID]: new Error('down'), [OAUTH]: new Error('down') };
    expect(await find()).toBe(ENDPOINT);
    expect(asked).toHaveLength(3);
    expect(await find()).toBe(ENDPOINT);
    expect(asked).toHaveLength(3);
    clock.advanceSec(601);
    state.documents = { [OPENID]: { ...FULL, introspection_endpoint: `${ISSUER}/moved` } };
    expect(await find()).toBe(`${ISSUER}/moved`);
    clock.advanceSec(-700);
    await find();
    expect(asked).toHaveLength(5);
  });

  it('prefers the endpoint for certificates if that is wanted', async () => {
    const alias = 'https://mtls.example.com/i';
    const documents = {
      [OPENID]: { ...FULL, mtls_endpoint_aliases: { introspection_endpoint: alias } },
    };
    expect(await setUp(documents, { isMutualTls: true }).find()).toBe(alias);
    expect(await setUp(documents).find()).toBe(ENDPOINT);
    const without = { [OPENID]: { ...FULL, mtls_endpoint_aliases: ['x'] } };
    expect(await setUp(without, { isMutualTls: true }).find()).toBe(ENDPOINT);
  });

  it('also finds another endpoint, and says in which document', async () => {
    const metadata = { issuer: ISSUER, token_endpoint: `${ISSUER}/token` };
    const clock = aClock();
    const discover = createDiscoverEndpoint({
      endpoint: 'token_endpoint',
      issuer: ISSUER,
      keys: { kind: 'static', jwks: { keys: [] } },
      fetch: (async (url: unknown) =>
        url === OAUTH ? Response.json(metadata) : Response.json(FULL)) as typeof fetch,
      allowHttp: [],
      clock,
      isMutualTls: false,
      failure: (message) => new Error(message),
    });
    expect(await discover(new AbortController().signal)).toEqual({
      url: `${ISSUER}/token`,
      document: OAUTH,
      metadata,
    });
  });

  it.each([
    [
      'of another issuer',
      { issuer: `${ISSUER}/`, introspection_endpoint: ENDPOINT },
      'not that of',
    ],
    ['without an issuer', { introspection_endpoint: ENDPOINT }, 'not that of'],
    ['over http', { ...FULL, introspection_endpoint: 'http://as.example.com/i' }, 'not an https'],
    ['on this machine', { ...FULL, introspection_endpoint: 'http://127.0.0.1/i' }, 'not an https'],
    ['that is no text', { ...FULL, introspection_endpoint: 7 }, 'not an https'],
    [
      'with a password',
      { ...FULL, introspection_endpoint: 'https://a:b@as.example.com' },
      'not an https',
    ],
    ['that is missing', { issuer: ISSUER }, 'No introspection_endpoint'],
  ])('fails for one %s', async (_name, document, message) => {
    const { find } = setUp({ [OPENID]: document });
    await expect(find()).rejects.toMatchObject({
      failure: 'discovery',
      message: expect.stringContaining(message),
    });
  });

  it('accepts http from a document that came over http, on an allowed host', async () => {
    const document = 'http://hydra:4445/.well-known/openid-configuration';
    const endpoint = 'http://hydra:4445/i';
    const { find } = setUp(
      { [document]: { issuer: ISSUER, introspection_endpoint: endpoint } },
      { keys: { kind: 'discovery', documents: [document] }, allowHttp: ['hydra'] },
    );
    expect(await find()).toBe(endpoint);
  });

  it('reports the most telling failure: any but 404', async () => {
    const { find } = setUp({ [OPENID]: new Error('down') });
    await expect(find()).rejects.toMatchObject({ cause: { failure: 'network' } });
    const late = setUp({ [OAUTH]: new Error('down') });
    await expect(late.find()).rejects.toMatchObject({ cause: { failure: 'network' } });
    const none = setUp({});
    await expect(none.find()).rejects.toMatchObject({ cause: { status: 404 } });
  });

  it('rejects with the reason of its signal', async () => {
    const { find, clock } = setUp({ [OPENID]: FULL });
    const reason = new Error('too late');
    await find();
    clock.advanceSec(600);
    const failing = setUp({ [OPENID]: new Error('aborted') });
    await expect(failing.find(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(failing.asked).toHaveLength(1);
  });
});
