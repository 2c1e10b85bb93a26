import type { claimsSchema } from '../src/claims.ts';

// Types `claims` of every principal in this application.
declare module '@authly/koa' {
  interface Register {
    claims: typeof claimsSchema;
  }
}
