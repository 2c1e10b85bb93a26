import {
  type AuthEvent,
  headerCertificate,
  nodeRequestView,
  socketCertificate,
} from '@authly/core';
import { testCertificate } from '@authly/testing';
import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { frameworks } from '../support/frameworks.ts';
import { ACTIVE_USER, anIntrospectingApi } from '../support/introspecting-api.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';

const certificate = await testCertificate();
const token = aUserToken({}, { boundTo: certificate });
const header = { 'client-cert': `:${Buffer.from(certificate.der).toString('base64')}:` };

/** Reads the header on every loopback connection. */
const mtls = {
  certificate: headerCertificate({ format: 'rfc9440', proxies: ['127.0.0.1', '::1'] }),
};

describe.each(frameworks)('$name: tokens that are bound to a certificate', (framework) => {
  it('are accepted with it, from a listed proxy', async () => {
    const app = protectedApp(framework, { server: aResourceServer({ mtls }) });
    const { status, body } = await send(app, { token, headers: header });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      kind: 'user',
      userId: 'ada',
      confirmation: { 'x5t#S256': certificate.thumbprint },
    });
    expect((await send(app, { token })).status).toBe(401);
    expect((await send(app, { token: aUserToken() })).status).toBe(200);
  });

  it('[RFC8705-3.2-a] may be opaque: the server’s answer says what they are bound to', async () => {
    const api = await anIntrospectingApi(framework, { options: { mtls } });
    const cnf = { 'x5t#S256': certificate.thumbprint };
    api.endpoint.answerAbout('bound', { ...ACTIVE_USER, cnf });
    api.endpoint.answerAbout('other', { ...ACTIVE_USER, cnf: { 'x5t#S256': 'x' } });
    const app = protectedApp(framework, { server: api.server });
    expect(await send(app, { token: 'bound', headers: header })).toMatchObject({
      status: 200,
      body: { userId: 'dana', source: 'introspection' },
    });
    await send(app, { token: 'bound' });
    await send(app, { token: 'other', headers: header });
    expect(api.reasons()).toEqual(['certificate_missing', 'certificate_mismatch']);
  });

  it('are refused without mtls, also with their certificate, and the operator is told what to write', async () => {
    const events: AuthEvent[] = [];
    const server = aResourceServer({ onEvent: (event) => events.push(event) });
    const app = protectedApp(framework, { server });
    expect((await send(app, { token, headers: header })).status).toBe(401);
    expect(events.at(-1)).toMatchObject({
      reason: 'sender_constraint_unsupported',
      hint: expect.stringContaining('mtls: { certificate: socketCertificate() }'),
    });
  });

  it('[RFC8705-3.3-a] are published as accepted, with the scheme Bearer', async () => {
    for (const [options, accepted] of [
      [{ mtls }, true],
      [{ mtls: { ...mtls, mode: 'required' } }, true],
      [{}, false],
    ] as const) {
      const server = aResourceServer(options);
      const app = framework.createApp(({ use }) => {
        use(framework.kit.protectedResourceMetadata(server));
      });
      const { body } = await send(app, { path: '/.well-known/oauth-protected-resource' });
      expect(body).toMatchObject({
        tls_client_certificate_bound_access_tokens: accepted,
        bearer_methods_supported: ['header'],
      });
    }
  });

  it('are refused without the certificate, and the operator is told why there is none', async () => {
    const events: AuthEvent[] = [];
    const strangers = headerCertificate({ format: 'rfc9440', proxies: ['192.0.2.1'] });
    const onEvent = (event: AuthEvent) => events.push(event);
    const server = aResourceServer({ mtls: { certificate: strangers }, onEvent });
    await send(protectedApp(framework, { server }), { token, headers: header });
    expect(events.at(-1)).toMatchObject({
      reason: 'certificate_missing',
      hint: expect.stringContaining('not in proxies'),
    });
    expect(JSON.stringify(events)).not.toContain(header['client-cert'].slice(1, 40));
  });

  it('cause a 503 if the certificate source fails', async () => {
    const failing = {
      thumbprintOf: () => {
        throw new Error('down');
      },
    };
    const app = protectedApp(framework, {
      server: aResourceServer({ mtls: { certificate: failing } }),
    });
    const { status, headers, body } = await send(app, { token });
    expect(status).toBe(503);
    expect(headers['retry-after']).toBe('5');
    expect(body).toMatchObject({ error: 'temporarily_unavailable' });
    expect((await send(app, { token: aUserToken() })).status).toBe(200);
  });
});

describe('without a request', () => {
  it.each([
    ['when-bound', token, 'sender_constraint_unsupported'],
    ['required', token, 'certificate_required'],
    ['required', aUserToken(), 'certificate_required'],
  ] as const)('%s: a token is refused', async (mode, presented, reason) => {
    const server = aResourceServer({ mtls: { ...mtls, mode } });
    expect(server.needsRequest).toBe(mode === 'required');
    expect(server.needsCertificate).toBe(mode === 'required');
    await expect(server.verify(presented)).rejects.toMatchObject({ reason });
  });

  it('a token that is not bound is accepted', async () => {
    const server = aResourceServer({ mtls });
    expect(server.needsRequest).toBe(false);
    await expect(server.verify(aUserToken())).resolves.toMatchObject({ kind: 'user' });
    expect(aResourceServer({ dpop: 'required' })).toMatchObject({
      needsRequest: true,
      needsCertificate: false,
    });
    expect(aResourceServer({ dpop: 'when-bound' }).needsRequest).toBe(false);
  });
});

describe('explainRequest', () => {
  const viewOf = (headers: Readonly<Record<string, string>>, remoteAddress = '127.0.0.1') =>
    nodeRequestView({ method: 'GET', headers, socket: { remoteAddress } }, '/');
  const authorization = `Bearer ${token}`;

  it('shows the certificate', async () => {
    const explained = await aResourceServer({ mtls }).explainRequest(
      viewOf({ authorization, ...header }),
    );
    expect(explained).toMatchObject({
      accepted: true,
      certificate: { thumbprint: certificate.thumbprint, whyNone: undefined },
    });
    expect(Object.isFrozen(explained.certificate)).toBe(true);
  });

  it('shows why there is none, and at which step the request fails', async () => {
    const server = aResourceServer({ mtls });
    const explained = await server.explainRequest(
      viewOf({ authorization, ...header }, '192.0.2.9'),
    );
    expect(explained.certificate).toEqual({
      thumbprint: undefined,
      whyNone: expect.stringContaining('not in proxies'),
    });
    expect(explained.hint).toBe(explained.certificate?.whyNone);
    expect(explained.steps.find(({ outcome }) => outcome === 'fail')).toMatchObject({
      step: 'sender_constraint',
      reason: 'certificate_missing',
    });
    expect((await server.explainRequest(viewOf(header))).certificate?.thumbprint).toBe(
      certificate.thumbprint,
    );
  });

  it('shows no certificate without mtls, and none of a socket without TLS', async () => {
    const view = viewOf({ authorization, ...header });
    expect((await aResourceServer().explainRequest(view)).certificate).toBeUndefined();
    const onSocket = aResourceServer({ mtls: { certificate: socketCertificate() } });
    expect((await onSocket.explainRequest(view)).certificate).toEqual({
      thumbprint: undefined,
      whyNone: expect.stringContaining('requestCert: true'),
    });
  });
});
