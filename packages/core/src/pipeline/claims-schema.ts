import type { StandardSchemaV1 } from '@standard-schema/spec';
import { deepFreeze } from '../lib/json.ts';
import { andThen } from '../lib/maybe-promise.ts';
import type { TokenClaims } from '../model/principal.ts';

/**
 * Validates claims by a Standard Schema and gives its output, frozen but for instances of classes
 * (a `Date`, a `Map`); `undefined` when it finds an issue. The issues go nowhere, since they may
 * quote claim values. What the schema throws passes on.
 */
export function validateClaims(
  schema: StandardSchemaV1,
  claims: TokenClaims,
): object | undefined | Promise<object | undefined> {
  return andThen(schema['~standard'].validate(claims), (result) => {
    if (result.issues !== undefined) return undefined;
    const output: unknown = result.value;
    if (typeof output !== 'object' || output === null) return undefined;
    // To the bottom, also below what the schema froze itself: the cache shares it among requests.
    deepFreeze(output, Number.POSITIVE_INFINITY, new Set());
    return output;
  });
}
