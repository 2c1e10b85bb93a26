import { describe, expect, it } from 'vitest';
import { frameworks, type ModeOptions } from '../support/frameworks.ts';
import { send } from '../support/requests.ts';
import { aResourceServer } from '../support/resource-servers.ts';
import { aClientToken, aUserToken, ISSUER, NOW } from '../support/tokens.ts';

describe.each(frameworks)('refusalOf in $name', (framework) => {
  const { kit } = framework;

  /** Sends a request, and gives what `refusalOf` gives after the answer. */
  async function refusalAfter(path: string, token?: string, mode: ModeOptions = {}) {
    let carrier: object | undefined;
    // Like an access log: it is the first middleware, and looks when the answer was sent.
    const log = framework.authenticate(aResourceServer(), {
      skip: (view) => {
        carrier = view.identity;
        return true;
      },
    });
    const server = aResourceServer();
    const app = framework.createApp(
      ({ use, route }) => {
        use(log);
        use(framework.authenticate(server, mode));
        route('/', () => 'in');
        route('/guarded', kit.requireScope('a', 'b'), () => 'in');
        route('/own', ({ carrier: own }) => kit.userOf(own).userId);
        route('/thrown', () => {
          throw new kit.AuthError('tenant_mismatch');
        });
        route('/bug', () => {
          throw new Error('a bug');
        });
      },
      { authErrors: true },
    );
    await send(app, { path, ...(token !== undefined && { token }) });
    return carrier && kit.refusalOf(carrier);
  }

  it('gives what was refused and why, for every kind of refusal', async () => {
    expect(await refusalAfter('/')).toMatchObject({
      code: 'missing_credentials',
      reason: 'credentials_missing',
    });
    expect(await refusalAfter('/', aUserToken({ exp: NOW - 60 }))).toMatchObject({
      reason: 'expired',
      issuerName: ISSUER,
    });
    expect(await refusalAfter('/guarded', aUserToken())).toMatchObject({
      reason: 'scope_missing',
      issuerName: ISSUER,
      kind: 'user',
      requirement: 'scope a and scope b',
    });
    expect(await refusalAfter('/own', aClientToken())).toMatchObject({
      reason: 'user_required',
      kind: 'client',
      requirement: 'user',
    });
    expect(await refusalAfter('/thrown', aUserToken())).toMatchObject({
      reason: 'tenant_mismatch',
    });
  });

  it('works also if the application answers refusals itself', async () => {
    const delegated = { delegated: true };
    expect(await refusalAfter('/', undefined, delegated)).toMatchObject({
      reason: 'credentials_missing',
    });
    expect(await refusalAfter('/guarded', aUserToken(), delegated)).toMatchObject({
      reason: 'scope_missing',
    });
  });

  it('is undefined for a request that was let in, and for an error that is not a refusal', async () => {
    expect(await refusalAfter('/', aUserToken())).toBeUndefined();
    expect(await refusalAfter('/own', aUserToken())).toBeUndefined();
    expect(await refusalAfter('/bug', aUserToken())).toBeUndefined();
  });

  it('contains no value of the request or the token', async () => {
    const mark = 'kilroy-was-here';
    const token = aUserToken({ sub: mark, jti: mark, scope: mark, [mark]: mark });
    const refusal = await refusalAfter('/guarded', token);
    expect(refusal).toBeDefined();
    const members = Object.fromEntries(Object.entries(refusal ?? {}));
    expect(JSON.stringify([members, refusal, String(refusal)])).not.toContain(mark);
  });
});
