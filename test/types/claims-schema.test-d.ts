import { createResourceServer, type Principal } from '@authly/core';
import { authly } from '@authly/core/providers';
import { createIssuer, memoryClientStore } from '@authly/issuer';
import { type } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { type Same, typed } from './expect-type.ts';

// One schema, whose input and output differ: `level` may be left out, and is always there afterwards.
const withZod = z.object({
  tenant_id: z.string(),
  level: z.number().default(1),
  since: z.string().transform((text) => new Date(text)),
});
const withValibot = v.object({ tenant_id: v.string(), level: v.optional(v.number(), 1) });
const withArktype = type({ tenant_id: 'string', 'level?': 'number' });

const base = {
  issuer: authly('https://auth.example.com'),
  audience: 'https://api.example.com',
};

// The resource server has the schema's output.
const server = createResourceServer({ ...base, claims: withZod });
typed<
  Same<
    Awaited<ReturnType<typeof server.verify>>,
    Principal<{ tenant_id: string; level: number; since: Date }>
  >
>(true);
const principal = await server.verify('');
typed<string>(principal.claims.tenant_id);
typed<number>(principal.claims.level);
typed<Date>(principal.claims.since);
// @ts-expect-error: the schema knows no such claim
principal.claims.email;
// @ts-expect-error: claims are data, not the principal
principal.tenant_id;

const fromValibot = await createResourceServer({ ...base, claims: withValibot }).verify('');
typed<Same<typeof fromValibot.claims, { tenant_id: string; level: number }>>(true);
const fromArktype = await createResourceServer({ ...base, claims: withArktype }).verify('');
typed<string>(fromArktype.claims.tenant_id);
typed<number | undefined>(fromArktype.claims.level);

// @ts-expect-error: a schema is a Standard Schema, not a bag of names
createResourceServer({ ...base, claims: { tenant_id: 'string' } });

// The issuer takes the same schema's input.
const keys = [{ kty: 'EC' }];
const clients = memoryClientStore([]);
const issuer = createIssuer({ issuer: 'https://auth.example.com', keys, clients, claims: withZod });
const grant = { clientId: 'web-app', audience: 'https://api.example.com' };
const identity = { provider: 'google', externalId: '17' };

await issuer.userToken({ ...grant, identity, claims: { tenant_id: 'acme', since: '2026-01-01' } });
await issuer.clientToken({
  ...grant,
  claims: { tenant_id: 'acme', level: 2, since: '2026-01-01' },
});
// @ts-expect-error: tenant_id is required
await issuer.userToken({ ...grant, identity, claims: { since: '2026-01-01' } });
// @ts-expect-error: claims are required, since one of them is
await issuer.clientToken(grant);
// @ts-expect-error: the input is text, the output a Date
await issuer.clientToken({ ...grant, claims: { tenant_id: 'acme', since: new Date() } });
// @ts-expect-error: level is a number
await issuer.clientToken({ ...grant, claims: { tenant_id: 'acme', since: '', level: '2' } });
// @ts-expect-error: the schema knows no such claim
await issuer.clientToken({ ...grant, claims: { tenant_id: 'acme', since: '', colour: 'red' } });

// Without a schema custom claims are optional, and any.
const free = createIssuer({ issuer: 'https://auth.example.com', keys, clients });
await free.clientToken(grant);
await free.clientToken({ ...grant, claims: { anything: [1, 2] } });
// @ts-expect-error: a user's token needs an identity
await free.userToken(grant);
