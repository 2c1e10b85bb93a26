import { generateKeyPairSync } from 'node:crypto';
import { testIssuer } from '@authly/testing';
import supertest from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bound } from './snippets/calling-services/dpop.ts';
import { invoicesOrNone } from './snippets/calling-services/failures.ts';
import { invoiceFor } from './snippets/calling-services/mcp.ts';
import { methods } from './snippets/calling-services/methods.ts';
import { sources } from './snippets/calling-services/servers.ts';

// The global `fetch` plays the world: what the page shows names hosts that do not exist.

interface Sent {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
  readonly authorization: string | null;
}

let sent: Sent[];
let status: number;
let type: string;

beforeEach(() => {
  [sent, status, type] = [[], 200, 'Bearer'];
  vi.stubGlobal('fetch', async (input: unknown, init: RequestInit = {}) => {
    const url = String(input);
    const end = url.indexOf('.well-known');
    if (end > 0) {
      const base = url.slice(0, end - 1);
      const issuer = base.endsWith('auth0.com') ? `${base}/` : base;
      return Response.json({ issuer, token_endpoint: `${base}/token` });
    }
    const form = init.body instanceof URLSearchParams ? Object.fromEntries(init.body) : {};
    const authorization = new Headers(init.headers).get('authorization');
    sent.push({ url, form, authorization });
    if (!url.endsWith('/token')) return Response.json({ url });
    return Response.json(
      { access_token: `token-${sent.length}`, token_type: type, expires_in: 600 },
      { status },
    );
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('the snippets', () => {
  it('read the secret from its file, and report that the file is missing', async () => {
    // Its secret is a file that is not here: the function that reads it is asked, and no other.
    vi.resetModules();
    const { openInvoices } = await import('./snippets/calling-services/first.ts');
    await expect(openInvoices()).rejects.toMatchObject({
      reason: 'credentials_unavailable',
      cause: { code: 'ENOENT' },
    });
  });

  it('refuse a caller before anything is exchanged', async () => {
    vi.resetModules();
    const { app } = await import('./snippets/calling-services/on-behalf-of.ts');
    const { status: answered } = await supertest(app).get('/orders/7');
    expect([answered, sent]).toEqual([401, []]);
  });

  it('show every way to authenticate', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const made = methods(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(made.map(({ method }) => method)).toEqual([
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'tls_client_auth',
      'workload',
    ]);
  });

  it.each([
    ['auth0', { audience: 'https://billing.acme.com' }],
    ['entra', { scope: 'api://billing/.default', requested_token_use: 'on_behalf_of' }],
    ['keycloak', { audience: 'billing-api' }],
    ['hydra', { audience: 'https://billing.acme.com' }],
  ])('ask %s with the parameters that it needs', async (name, form) => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const source = sources('s3cret', privateKey)[name];
    await source?.token();
    await source?.onBehalfOf('the-users-token').fetch('https://billing.acme.com/x');
    const [own, exchange, request] = sent;
    expect(own?.form['grant_type']).toBe('client_credentials');
    expect(exchange?.form).toMatchObject(form);
    expect(request?.authorization).toBe('Bearer token-2');
    if (name !== 'hydra') return;
    const [, payload = ''] = own?.form['client_assertion']?.split('.') ?? [];
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      aud: 'https://login.acme.com/token',
    });
  });

  it('refuse a token that is not bound if tokens must be bound', async () => {
    await expect(bound('s3cret').token()).rejects.toMatchObject({ reason: 'not_bound' });
    type = 'DPoP';
    expect(await bound('s3cret').token()).toMatchObject({ type: 'DPoP' });
  });

  it('continue during an outage with the tokens that they have, and fail without one', async () => {
    const source = () => sources('s3cret', privateKeyOf())['entra'];
    const [down, wrong] = [source(), source()];
    if (down === undefined || wrong === undefined) throw new Error('There is no such source');
    status = 503;
    expect(await invoicesOrNone(down)).toEqual([]);
    status = 401;
    await expect(invoicesOrNone(wrong)).rejects.toMatchObject({ reason: 'client_refused' });
  });

  it('exchange the token of an MCP client', async () => {
    const source = sources('s3cret', privateKeyOf())['keycloak'];
    if (source === undefined) throw new Error('There is no such source');
    const { aUserToken } = testIssuer();
    const token = aUserToken();
    const info = { token, clientId: 'c', scopes: [] } as never as Parameters<typeof invoiceFor>[0];
    expect(await invoiceFor(info, source, '7')).toContain('/invoices/7');
    expect(sent[0]?.form['subject_token']).toBe(token);
    expect(sent[1]?.authorization).toBe('Bearer token-1');
  });
});

function privateKeyOf() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}
