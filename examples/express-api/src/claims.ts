import { z } from 'zod';

/** What this API reads of a token beyond the standard claims. Machines may have no tenant. */
export const claimsSchema = z.object({
  tenant_id: z.string().optional(),
});
