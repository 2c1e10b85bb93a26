import type { claimsSchema } from '../src/claims.ts';

// Types `claims` of every principal in this application.
declare module '@authly/express' {
  interface Register {
    claims: typeof claimsSchema;
  }
}
