import { describe, expect, it } from 'vitest';
import {
  aBoundProof,
  aBoundToken,
  clientKey,
  thumbprintOf,
} from '../../../../test/support/bound.ts';
import { AUDIENCE, aClock, aToken, ISSUER, jwks, NOW } from '../../../../test/support/tokens.ts';
import { createResourceServer } from '../../src/create-resource-server.ts';
import { ConfigurationError } from '../../src/model/errors.ts';
import type { AuthEvent } from '../../src/model/events.ts';
import { rfc9068 } from '../../src/providers/rfc9068.ts';

function aServer(options: object = { dpop: 'when-bound' }) {
  const events: AuthEvent[] = [];
  const server = createResourceServer({
    issuer: rfc9068({ issuer: ISSUER, jwks }),
    audience: AUDIENCE,
    clock: aClock(),
    onEvent: (event) => events.push(event),
    ...options,
  });
  events.length = 0;
  return { server, events };
}

const view = (headers: Readonly<Record<string, string>>, set: unknown[] = []) => ({
  method: 'GET',
  url: '/',
  header: (name: string) => headers[name],
  identity: headers,
  setResponseHeader: (...header: unknown[]) => set.push(header),
});

const outcomes = (steps: readonly { step: string; outcome: string }[]) =>
  steps.map(({ step, outcome }) => `${step} ${outcome}`);

const token = aBoundToken();

describe('explainRequest', () => {
  it('runs every step, and has no effect: no mark, no header, no event', async () => {
    const { server, events } = aServer();
    const set: unknown[] = [];
    const request = view({ authorization: `DPoP ${token}`, dpop: aBoundProof(token) }, set);
    for (let times = 0; times < 2; times++) {
      const explained = await server.explainRequest(request);
      expect(explained).toMatchObject({
        accepted: true,
        kind: 'user',
        scheme: 'dpop',
        replay: 'not_checked',
        hint: undefined,
      });
      expect(outcomes(explained.steps)).toEqual([
        'credentials pass',
        'token pass',
        'issuer pass',
        'key pass',
        'signature pass',
        'claims pass',
        'principal pass',
        'sender_constraint pass',
      ]);
      expect(Object.isFrozen(explained)).toBe(true);
    }
    expect(events).toEqual([]);
    expect(set).toEqual([]);
    await expect(server.authenticate(request)).resolves.toMatchObject({ kind: 'user' });
    server.close();
  });

  it('shows the proof with hidden values, except for those that reveal names', async () => {
    const { server } = aServer();
    const proof = aBoundProof(token, { issuedInSec: -90 });
    const request = view({ authorization: `DPoP ${token}`, dpop: proof });
    const explained = await server.explainRequest(request, { reveal: ['htm', 'scope'] });
    expect(explained.proof).toEqual({
      header: { alg: 'ES256', typ: 'dpop+jwt' },
      thumbprint: thumbprintOf(clientKey),
      claims: {
        jti: '[hidden string]',
        htm: 'GET',
        htu: '[hidden string]',
        iat: '[hidden number]',
        ath: '[hidden string]',
      },
      aheadSec: -90,
    });
    expect(explained.claims).toMatchObject({
      scope: 'read:users write:users',
      sub: '[hidden string]',
    });
    expect(explained.accepted).toBe(false);
    expect(explained.steps.at(-1)).toEqual({
      step: 'sender_constraint',
      outcome: 'fail',
      reason: 'proof_untimely',
      description: 'The DPoP proof was made too long ago or lies in the future',
    });
    server.close();
  });

  it.each([
    ['no proof', undefined],
    ['no parts', 'x'],
    ['no JSON', 'a.b.cQ'],
    ['no claims', `${aBoundProof(token).split('.')[0]}.b.cQ`],
  ])('shows no proof if there is %s', async (_what, dpop) => {
    const { server } = aServer();
    const headers = { authorization: `DPoP ${token}`, ...(dpop !== undefined && { dpop }) };
    expect((await server.explainRequest(view(headers))).proof).toBeUndefined();
    server.close();
  });

  it('shows what can be parsed of a proof that is not valid', async () => {
    const { server } = aServer();
    const dpop = aBoundProof(token, { rawHeader: {}, rawPayload: { iat: 'x' } });
    const { proof } = await server.explainRequest(view({ authorization: `DPoP ${token}`, dpop }));
    expect(proof).toEqual({
      header: { alg: undefined, typ: undefined },
      thumbprint: undefined,
      claims: { iat: '[hidden string]' },
      aheadSec: undefined,
    });
    server.close();
  });

  it('stops at the step credentials if there are none', async () => {
    const { server } = aServer();
    for (const [headers, reason] of [
      [{}, 'credentials_missing'],
      [{ authorization: 'Basic x' }, 'scheme_unsupported'],
      [{ authorization: 'DPoP' }, 'authorization_malformed'],
    ] as const) {
      const explained = await server.explainRequest(view(headers));
      expect(explained).toMatchObject({ accepted: false, scheme: undefined, claims: undefined });
      expect(explained.steps[0]).toMatchObject({ step: 'credentials', outcome: 'fail', reason });
      expect(explained.steps[1]).toEqual({ step: 'token', outcome: 'not_reached' });
      expect(Object.isFrozen(explained)).toBe(true);
    }
    server.close();
  });

  it('says what to write if DPoP is not configured', async () => {
    const { server, events } = aServer({});
    const unknown = await server.explainRequest(view({ authorization: `DPoP ${token}` }));
    expect(unknown.steps[0]).toMatchObject({ reason: 'scheme_unsupported' });
    const bearer = await server.explainRequest(view({ authorization: `Bearer ${token}` }));
    expect(bearer).toMatchObject({
      scheme: 'bearer',
      hint: expect.stringContaining("dpop: 'when-bound'"),
    });
    const alone = await server.explain(token);
    expect(alone.hint).toContain("dpop: 'when-bound'");
    await server.verify(token).catch(() => undefined);
    expect(events).toEqual([
      {
        type: 'request.refused',
        code: 'invalid_token',
        reason: 'sender_constraint_unsupported',
        kind: 'user',
        issuerName: ISSUER,
        hint: alone.hint,
      },
    ]);
    server.close();
  });

  it('explains an unbound token with the scheme that it was sent with', async () => {
    const { server } = aServer();
    const request = view({ authorization: `Bearer ${aToken()}` });
    expect(await server.explainRequest(request)).toMatchObject({
      accepted: true,
      scheme: 'bearer',
      proof: undefined,
    });
    const late = view({ authorization: `Bearer ${aToken({ exp: NOW - 60 })}` });
    expect(await server.explainRequest(late)).toMatchObject({ accepted: false });
    server.close();
  });

  it('refuses a reveal that is not a list', async () => {
    const { server } = aServer();
    await expect(server.explainRequest(view({}), { reveal: 'iss' as never })).rejects.toThrow(
      new ConfigurationError(
        "explainRequest(): reveal must be a list of claim names. Write: { reveal: ['iss', 'aud'] }",
      ),
    );
    server.close();
  });
});

describe('verify, where binding is required', () => {
  it('refuses every token, because it has no request', async () => {
    const { server } = aServer({ dpop: 'required' });
    for (const each of [aToken(), token]) {
      await expect(server.verify(each)).rejects.toMatchObject({
        reason: 'binding_required',
        hint: expect.stringContaining('authenticate(view)'),
      });
    }
    server.close();
  });

  it('refuses a bound token without dpop, and accepts others', async () => {
    const { server } = aServer();
    await expect(server.verify(token)).rejects.toMatchObject({
      reason: 'sender_constraint_unsupported',
    });
    await expect(server.verify(aToken())).resolves.toMatchObject({ kind: 'user' });
    expect(server.schemes).toEqual(['bearer', 'dpop']);
    server.close();
  });
});
