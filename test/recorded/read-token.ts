import { createResourceServer } from '@authly/core';
import { fakeClock } from '@authly/testing';
import { keySetOf, RECORDED, type RecordedToken, signedAgain } from './recorded-token.ts';
import type { Setting } from './settings.ts';

/** The API that most of the tokens were asked for. */
const API = 'https://api.parcels.example';

/** What a resource server says of a token: who is calling, or why it is refused. */
export interface Reading {
  readonly kind: 'user' | 'client' | 'refused';
  readonly reason?: string | undefined;
}

/**
 * Sends a token, signed again, to a resource server of a setting, a second after it was issued. Its
 * API accepts, beside its own audience, `'every'` one that the token has: the worst case.
 */
export async function readToken(
  token: RecordedToken,
  setting: Setting,
  audience: 'every' | 'own',
): Promise<Reading> {
  const provider = setting.provider(issuerOf(token, setting), keySetOf(token));
  const common = {
    clock: fakeClock((timeOf(token) + 1) * 1000),
    // One server took its issuer from a Host header of a stranger's.
    allowHttp: ['evil.example'],
  };
  const server =
    provider.audienceClaim === 'absent'
      ? createResourceServer({ ...common, issuer: provider })
      : createResourceServer({
          ...common,
          issuer: provider,
          audience: [API, ...(audience === 'every' ? audiencesOf(token) : [])],
        });
  try {
    const { accepted, kind, steps } = await server.explain(signedAgain(token));
    if (accepted && kind !== undefined) return { kind };
    return { kind: 'refused', reason: steps.find(({ outcome }) => outcome === 'fail')?.reason };
  } finally {
    server.close();
  }
}

/** The same token as if nothing had bound it to its sender. */
export function unbound(token: RecordedToken): RecordedToken {
  const { cnf: _bond, typ, ...payload } = token.payload;
  // Keycloak says in the payload, too, that the token is bound.
  const type = typ === 'DPoP' ? 'Bearer' : typ;
  return { ...token, payload: type === undefined ? payload : { ...payload, typ: type } };
}

function audiencesOf({ payload: { aud } }: RecordedToken): readonly string[] {
  const names: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return names.filter((name) => typeof name === 'string').filter((name) => name !== '');
}

/** The token's own; where it has none, that of its server's first token. */
function issuerOf({ payload }: RecordedToken, { servers }: Setting): string {
  const tokens = [{ payload }, ...servers.flatMap((server) => RECORDED.get(server) ?? [])];
  const issuers = tokens.map((token) => token.payload['iss']);
  return issuers.find((issuer) => typeof issuer === 'string') ?? 'https://as.parcels.example';
}

function timeOf({ payload: { iat, exp } }: RecordedToken): number {
  if (typeof iat === 'number') return iat;
  return typeof exp === 'number' ? exp - 2 : 0;
}
