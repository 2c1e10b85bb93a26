import type { JsonWebKeySet } from '@authly/core';
import { createResourceServer } from '@authly/express';
import { authly } from '@authly/express/providers';
import * as v from 'valibot';

/** The decision on a token, line by line, and the caller's plan when it is accepted. */
export async function read(
  jwks: JsonWebKeySet,
  token: string,
): Promise<{ key: string; lines: readonly string[]; plan: 'free' | 'pro' }> {
  // #region name
  const issuer = authly({ issuer: 'https://auth.acme.com', name: 'acme', jwks });
  // #endregion

  // #region claims
  const claims = v.object({ plan: v.picklist(['free', 'pro']), tenant_id: v.optional(v.string()) });
  const resourceServer = createResourceServer({
    issuer,
    audience: 'https://api.acme.com',
    claims,
  });
  // #endregion

  const lines: string[] = [];
  // #region explain
  const { steps, rule, claims: shown } = await resourceServer.explain(token, { reveal: ['aud'] });
  for (const { step, outcome, reason } of steps) lines.push(`${step}: ${reason ?? outcome}`);
  lines.push(`rule: ${rule}`, JSON.stringify(shown));
  // #endregion

  const { key, claims: read } = await resourceServer.verify(token);
  return { key, lines, plan: read.plan };
}
