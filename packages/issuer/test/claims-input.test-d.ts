import { z } from 'zod';
import { memoryClientStore } from '../src/client-store.ts';
import { createIssuer, type Issuer } from '../src/create-issuer.ts';
import type { Identity } from '../src/identity.ts';
import { signingKey } from './fixtures.ts';

const base = {
  issuer: 'https://auth.example.com',
  keys: [signingKey],
  clients: memoryClientStore([]),
};
const identity: Identity = { provider: 'google', externalId: '17' };
const user = { identity, clientId: 'web-app', audience: 'api' };
const client = { clientId: 'nightly-sync', audience: 'api' };

// Without a schema: any custom claims, or none.
const open: Issuer = createIssuer(base);
void open.userToken(user);
void open.userToken({ ...user, claims: { anything: [1, 2] } });

// @ts-expect-error client_id is required (RFC 9068 §2.2)
void open.userToken({ identity, audience: 'api' });
// @ts-expect-error a token needs an audience
void open.clientToken({ clientId: 'nightly-sync' });
// @ts-expect-error a user's token needs an identity
void open.userToken(client);

// With a schema: its input, without what the issuer sets itself.
const strict = createIssuer({
  ...base,
  claims: z.object({
    sub: z.string(),
    tenant_id: z.string(),
    plan: z.enum(['free', 'paid']).optional(),
    since: z
      .string()
      .transform((text) => new Date(text))
      .optional(),
    email: z.string(),
  }),
});

void strict.clientToken({ ...client, claims: { tenant_id: 't-1', email: 'a@example.com' } });
// The input of a transformation, not its output.
void strict.clientToken({
  ...client,
  claims: { tenant_id: 't-1', email: 'a', since: '2030-01-01' },
});
// `include` may bring the email.
void strict.userToken({ ...user, include: { email: true }, claims: { tenant_id: 't-1' } });

// @ts-expect-error tenant_id is required
void strict.userToken(user);
// @ts-expect-error tenant_id is required
void strict.userToken({ ...user, claims: {} });
// @ts-expect-error a client's email comes from nowhere else
void strict.clientToken({ ...client, claims: { tenant_id: 't-1' } });
// @ts-expect-error wrong type
void strict.userToken({ ...user, claims: { tenant_id: 7 } });
// @ts-expect-error not one of the plans
void strict.userToken({ ...user, claims: { tenant_id: 't-1', plan: 'golden' } });
// @ts-expect-error only the issuer sets the subject
void strict.userToken({ ...user, claims: { tenant_id: 't-1', sub: 'admin' } });
// @ts-expect-error not in the schema
void strict.userToken({ ...user, claims: { tenant_id: 't-1', tenantId: 't-1' } });

// A schema without required members: claims may be left out.
const optional = createIssuer({ ...base, claims: z.object({ plan: z.string().optional() }) });
void optional.userToken(user);
void optional.clientToken({ ...client, claims: { plan: 'free' } });

// A schema that lets other claims through keeps its named members typed.
const loose = createIssuer({ ...base, claims: z.looseObject({ tenant_id: z.string() }) });
void loose.userToken({ ...user, claims: { tenant_id: 't-1', other: 1 } });
// @ts-expect-error tenant_id is required
void loose.userToken({ ...user, claims: { other: 1 } });
