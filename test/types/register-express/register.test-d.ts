import {
  authenticate,
  claim,
  createResourceServer,
  principalOf,
  requireScope,
  userOf,
} from '@authly/express';
import { rfc9068 } from '@authly/express/providers';
import express from 'express';
import { z } from 'zod';
import { type Same, typed } from '../expect-type.ts';

const claimsSchema = z.object({ tenant_id: z.string(), level: z.number().default(1) });

declare module '@authly/express' {
  interface Register {
    claims: typeof claimsSchema;
  }
}

const app = express();

// One declaration types every principal, however it is come by.
app.get('/users', requireScope('read:users'), (request) => {
  typed<Same<ReturnType<typeof principalOf>['claims'], { tenant_id: string; level: number }>>(true);
  typed<string>(principalOf(request).claims.tenant_id);
  typed<number>(userOf(request).claims.level);
  typed<string | undefined>(request.principal?.claims.tenant_id);
  // @ts-expect-error: the schema knows no such claim
  request.principal?.claims.email;
  // @ts-expect-error: claims do not narrow the kind
  request.principal?.userId;
});

claim(({ level }) => level > 1, 'level above 1');
// @ts-expect-error: the schema knows no such claim
claim(({ email }) => email !== '', 'an email');

// The principals have these types only if every resource server validates by that very schema.
const issuer = rfc9068('https://as.example.com');
const audience = 'https://api.example.com';
const others = z.object({ tenant_id: z.string().optional(), level: z.number().default(1) });
const server = createResourceServer({ issuer, audience, claims: claimsSchema });
typed<
  Same<Awaited<ReturnType<typeof server.verify>>['claims'], { tenant_id: string; level: number }>
>(true);
createResourceServer({ issuers: [{ ...issuer, audience }], claims: claimsSchema });
authenticate({ issuer, audience, claims: claimsSchema });
authenticate(server, { optional: true });
// @ts-expect-error: the schema is forgotten
createResourceServer({ issuer, audience });
// @ts-expect-error: the schema is forgotten
createResourceServer({ issuers: [{ ...issuer, audience }] });
// @ts-expect-error: the schema is forgotten
authenticate({ issuer, audience });
// @ts-expect-error: another schema
createResourceServer({ issuer, audience, claims: others });
// @ts-expect-error: another schema
authenticate({ issuer, audience, claims: others });
// @ts-expect-error: no schema
authenticate({ issuer, audience, claims: undefined });
