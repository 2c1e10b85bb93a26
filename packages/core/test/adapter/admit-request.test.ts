import { runInNewContext } from 'node:vm';
import { describe, expect, it, vi } from 'vitest';
import { admissionOf } from '../../src/adapter/admission.ts';
import type { AdmissionMode } from '../../src/adapter/admission-mode.ts';
import { admitRequest } from '../../src/adapter/admit-request.ts';
import { presentedTokenOf } from '../../src/adapter/create-admission.ts';
import { refusalOf } from '../../src/adapter/refusal-of.ts';
import { fromCookie, fromHeader } from '../../src/http/credential-source.ts';
import { RefusedError } from '../../src/http/refusal.ts';
import type { RequestView } from '../../src/http/request-view.ts';
import { AuthError } from '../../src/model/errors.ts';
import type { Principal } from '../../src/model/principal.ts';
import { type Answers, anAnsweringServer, aThenable } from './servers.ts';

const ada = { kind: 'user', userId: 'ada' } as Principal;

function aView(authorization?: string) {
  return { method: 'GET', url: '/', header: () => authorization };
}

function aMode(answers: Answers, mode: Partial<AdmissionMode> = {}): AdmissionMode {
  const resourceServer = anAnsweringServer(answers);
  return { resourceServer, optional: false, delegated: false, ...mode };
}

describe('admitRequest', () => {
  it('gives and remembers the admission without a promise if the server gives none', () => {
    const carrier = {};
    const mode = aMode({ authenticate: () => ada }, { delegated: true });
    const admission = admitRequest(carrier, aView('Bearer a.b.c'), mode);
    expect(admission).toBe(admissionOf(carrier));
    const { resourceServer } = mode;
    expect(admission).toMatchObject({
      principal: ada,
      resourceServer,
      delegated: true,
      passed: [],
    });
  });

  it('keeps the token as it was before anything was awaited', async () => {
    let resolve = (_principal: Principal) => {};
    const answer = new Promise<Principal>((settle) => {
      resolve = settle;
    });
    let authorization = 'bearer  a.b.c';
    const view = { ...aView(), header: () => authorization };
    const pending = admitRequest({}, view, aMode({ authenticate: () => answer }));
    authorization = 'Bearer x.y.z';
    resolve(ada);
    expect(presentedTokenOf(await pending)).toBe('a.b.c');
  });

  it('throws what the server throws, and remembers nothing', () => {
    const carrier = {};
    const error = new AuthError('expired');
    const authenticate = () => {
      throw error;
    };
    expect(() => admitRequest(carrier, aView(), aMode({ authenticate }))).toThrow(error);
    expect(admissionOf(carrier)).toBeUndefined();
  });

  it('lets an anonymous request in without a token if authentication is optional', () => {
    const carrier = {};
    expect(admitRequest(carrier, aView(), aMode({}, { optional: true }))).toMatchObject({
      principal: undefined,
    });
    const admission = admissionOf(carrier);
    expect(admission).toBeDefined();
    expect(admission && presentedTokenOf(admission)).toBeUndefined();
  });

  it('calls show once for each admission, after the admission is remembered', async () => {
    for (const answer of [ada, Promise.resolve(ada)]) {
      const carrier = {};
      const show = vi.fn((shown: object, principal: Principal | undefined) => {
        expect(admissionOf(shown)?.principal).toBe(principal);
      });
      const mode = aMode({ authenticate: () => answer }, { show });
      await admitRequest(carrier, aView('Bearer a'), mode);
      await admitRequest(carrier, aView('Bearer a'), mode);
      expect(show.mock.calls).toEqual([[carrier, ada]]);
    }
  });
});

describe('admitRequest with skip', () => {
  const view = aView('Bearer a');

  it('admits the request as anonymous, and does not ask the server', () => {
    const authenticate = vi.fn(() => ada);
    const carrier = {};
    const skip = vi.fn(() => true);
    const admission = admitRequest(carrier, view, aMode({ authenticate }, { skip }));
    expect(admission).toMatchObject({ principal: undefined, skipped: true });
    expect(admissionOf(carrier)).toBe(admission);
    expect(skip.mock.calls).toEqual([[view]]);
    expect(authenticate).not.toHaveBeenCalled();
  });

  it('does not affect a later request, nor a caller who was let in before', () => {
    const mode = aMode({ authenticate: () => ada, authenticateOptional: () => ada });
    const skipping = { ...mode, skip: () => true };
    for (const optional of [true, false]) {
      const carrier = {};
      expect(admitRequest(carrier, view, skipping)).toMatchObject({ skipped: true });
      const later = admitRequest(carrier, view, { ...mode, optional });
      expect(later).toMatchObject({ principal: ada, skipped: false });
      expect(admitRequest(carrier, view, skipping)).toBe(later);
      const other = { ...aMode({}), skip: () => true };
      expect(admitRequest(carrier, view, other)).toBe(later);
    }
  });

  it('remembers why a request is refused, with and without a promise', async () => {
    const error = new AuthError('expired');
    const refusing = [
      () => {
        throw error;
      },
      () => Promise.reject(error),
    ];
    for (const authenticate of refusing) {
      const carrier = {};
      const attempt = async () => admitRequest(carrier, view, aMode({ authenticate }));
      await expect(attempt()).rejects.toBe(error);
      expect(refusalOf(carrier)).toBe(error);
    }
  });
});

describe('a second admitRequest', () => {
  it('with the same server keeps the admission, and does not verify again', () => {
    const carrier = {};
    const authenticate = vi.fn(() => ada);
    const mode = aMode({ authenticate });
    const first = admitRequest(carrier, aView('Bearer a'), mode);
    expect(admitRequest(carrier, aView('Bearer b'), mode)).toBe(first);
    expect(admitRequest(carrier, aView(), { ...mode, optional: true })).toBe(first);
    expect(authenticate).toHaveBeenCalledTimes(1);
  });

  it('authenticates an anonymous request again if authentication is not optional', () => {
    const carrier = {};
    const mode = aMode({});
    expect(admitRequest(carrier, aView(), { ...mode, optional: true })).toBe(admissionOf(carrier));
    expect(() => admitRequest(carrier, aView(), mode)).toThrow(AuthError);
  });

  it('of another server replaces the admission', () => {
    const carrier = {};
    const first = admitRequest(carrier, aView('Bearer a'), aMode({ authenticate: () => ada }));
    expect(admissionOf(carrier)).toBe(first);
    const other = aMode({ authenticate: () => ({ ...ada }) });
    expect(admitRequest(carrier, aView('Bearer a'), other)).toBe(admissionOf(carrier));
    expect(admissionOf(carrier)?.resourceServer).toBe(other.resourceServer);
  });
});

describe('credentials from another place', () => {
  const credentials = fromHeader('x-token');
  const aForwardedView = (token?: string) => ({
    ...aView(),
    header: (name: string) => (name === 'x-token' ? token : 'Bearer from.the.header'),
  });

  it('are shown in the Authorization header to a server that the application wrote', async () => {
    const seen: unknown[] = [];
    const server = anAnsweringServer();
    const authenticate = async (view: RequestView) => {
      seen.push(view.header('authorization'), view.header('other'), view.method);
      return ada;
    };
    const mode = { ...aMode({}), credentials, resourceServer: { ...server, authenticate } };
    const admission = await admitRequest({}, aForwardedView('a.b.c'), mode as AdmissionMode);
    expect(seen).toEqual(['Bearer a.b.c', 'Bearer from.the.header', 'GET']);
    expect(presentedTokenOf(admission)).toBe('a.b.c');
  });

  it('keep their scheme: a bound token is not shown as a Bearer token', async () => {
    const seen: unknown[] = [];
    const server = anAnsweringServer();
    const authenticate = async (view: RequestView) => {
      seen.push(view.header('authorization'));
      return ada;
    };
    const cookie = fromCookie('__Host-at', { origins: ['same-origin'] });
    const mode = { ...aMode({}), credentials: cookie, resourceServer: { ...server, authenticate } };
    const header = (name: string) => (name === 'authorization' ? 'dpop a.b.c' : undefined);
    await admitRequest({}, { ...aView(), header }, mode as AdmissionMode);
    expect(seen).toEqual(['DPoP a.b.c']);
  });

  it('cause the server’s own refusal if they cannot be read', () => {
    const mode = { ...aMode({ authenticate: () => ada }), credentials };
    expect(() => admitRequest({}, aForwardedView('a b'), mode)).toThrow(RefusedError);
  });

  it('are the only ones: without them the Authorization header is not read', () => {
    const seen: unknown[] = [];
    const resourceServer = {
      ...anAnsweringServer(),
      authenticateOptional: (view: RequestView) => seen.push(view.header('authorization')),
    } as unknown as AdmissionMode['resourceServer'];
    void admitRequest({}, aForwardedView(), {
      ...aMode({}),
      optional: true,
      credentials,
      resourceServer,
    });
    expect(seen).toEqual([undefined]);
  });

  it('are different credentials: an admission with others is not enough', () => {
    const carrier = {};
    const authenticate = vi.fn(() => ada);
    const header = aMode({ authenticate });
    const forwarded = { ...header, credentials };
    const first = admitRequest(carrier, aForwardedView('a.b.c'), forwarded);
    expect(admitRequest(carrier, aForwardedView('a.b.c'), forwarded)).toBe(first);
    expect(admitRequest(carrier, aForwardedView('a.b.c'), header)).not.toBe(first);
    expect(authenticate).toHaveBeenCalledTimes(2);
    expect(admissionOf(carrier)?.credentials).toBeUndefined();
  });
});

describe('a promise of another kind', () => {
  const foreignPromise: PromiseConstructor = runInNewContext('Promise');
  const kinds: readonly [string, (settled: Promise<Principal>) => unknown][] = [
    ['another realm', (settled) => foreignPromise.resolve(0).then(() => settled)],
    ['a thenable whose then returns nothing', aThenable],
  ];

  it.each(kinds)('is awaited: %s', async (_, kind) => {
    const carrier = {};
    const mode = aMode({ authenticate: () => kind(Promise.resolve(ada)) });
    const admission = await admitRequest(carrier, aView('Bearer a'), mode);
    expect(admission.principal).toBe(ada);
    expect(admissionOf(carrier)).toBe(admission);
  });

  it.each(kinds)('rejects with its reason: %s', async (_, kind) => {
    const carrier = {};
    const error = new AuthError('keys_unavailable');
    const mode = aMode({ authenticate: () => kind(Promise.reject(error)) });
    await expect(admitRequest(carrier, aView('Bearer a'), mode)).rejects.toBe(error);
    expect(admissionOf(carrier)).toBeUndefined();
  });

  it('rejects with what its then throws', async () => {
    const error = new RangeError('a bug');
    const failing = Object.defineProperty({}, 'then', {
      value: () => {
        throw error;
      },
    });
    const mode = aMode({ authenticate: () => failing });
    await expect(admitRequest({}, aView('Bearer a'), mode)).rejects.toBe(error);
  });
});
