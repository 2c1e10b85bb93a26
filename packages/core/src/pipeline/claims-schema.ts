import type { StandardSchemaV1 } from '@standard-schema/spec';
import { deepFreeze } from '../lib/json.ts';
import { andThen } from '../lib/maybe-promise.ts';
import type { TokenClaims } from '../model/principal.ts';

/**
 * Validates claims by a Standard Schema. Gives the schema's output, or `undefined` when the schema found an
 * issue or its output is not an object. The output is deeply frozen, except for instances of classes (a
 * `Date`, a `Map`). The issues are dropped, because they may quote values of claims. An error that the
 * schema throws is not caught here.
 */
export function validateClaims(
  schema: StandardSchemaV1,
  claims: TokenClaims,
): object | undefined | Promise<object | undefined> {
  return andThen(schema['~standard'].validate(claims), (result) => {
    if (result.issues !== undefined) return undefined;
    const output: unknown = result.value;
    if (typeof output !== 'object' || output === null) return undefined;
    // At every depth, also inside objects that the schema froze itself: all requests with this token share
    // the output through the cache.
    deepFreeze(output, Number.POSITIVE_INFINITY, new Set());
    return output;
  });
}
