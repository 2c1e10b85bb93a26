import { describe, expect, it } from 'vitest';
import { protectedApp } from '../support/apps.ts';
import { aBoundToken, boundHeaders } from '../support/bound.ts';
import { frameworks } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aUserToken } from '../support/tokens.ts';

const ALGS = 'algs="ES256 Ed25519 EdDSA PS256 RS256"';

describe.each(frameworks)('$name: bound tokens', (framework) => {
  it.each(['when-bound', 'required'] as const)('pass with their proof: %s', async (dpop) => {
    const app = protectedApp(framework, { server: aResourceServer({ dpop }) });
    const { status, body, headers } = await send(app, { headers: boundHeaders() });
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: 'user', userId: 'ada' });
    expect(headers['dpop-nonce']).toBeUndefined();
  });

  it('pass once with one proof', async () => {
    const app = protectedApp(framework, { server: aResourceServer({ dpop: 'when-bound' }) });
    const headers = boundHeaders();
    expect((await send(app, { headers })).status).toBe(200);
    const again = await send(app, { headers });
    expect(again.status).toBe(401);
    expect(again.body).toMatchObject({ error: 'invalid_dpop_proof' });
    expect(again.headers['www-authenticate']).toBe(
      `Bearer realm="api", DPoP realm="api", error="invalid_dpop_proof", error_description="The DPoP proof was used before", ${ALGS}`,
    );
  });

  it('as Bearer are refused in the Bearer challenge, under required in the DPoP challenge alone', async () => {
    const token = aBoundToken();
    const lenient = protectedApp(framework, { server: aResourceServer({ dpop: 'when-bound' }) });
    const strict = protectedApp(framework, { server: aResourceServer({ dpop: 'required' }) });
    const [one, two] = [await send(lenient, { token }), await send(strict, { token })];
    expect([one.status, two.status]).toEqual([401, 401]);
    expect(one.headers['www-authenticate']).toMatch(
      new RegExp(`^Bearer realm="api", error="invalid_token", [^,]*, DPoP realm="api", ${ALGS}$`),
    );
    expect(two.headers['www-authenticate']).toMatch(
      /^DPoP realm="api", error="invalid_token", [^=]*="This resource accepts only access tokens that are bound/,
    );
  });

  it('leave other tokens as they are, unless binding is required', async () => {
    const token = aUserToken();
    const lenient = protectedApp(framework, { server: aResourceServer({ dpop: 'when-bound' }) });
    const strict = protectedApp(framework, { server: aResourceServer({ dpop: 'required' }) });
    expect((await send(lenient, { token })).status).toBe(200);
    expect((await send(strict, { token })).body).toMatchObject({ error: 'invalid_token' });
  });
});
