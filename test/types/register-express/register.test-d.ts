import { claim, principalOf, requireScope, userOf } from '@authly/express';
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
