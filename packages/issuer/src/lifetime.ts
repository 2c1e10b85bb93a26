/**
 * The longest life of an access token. It is limited, because an issued token cannot be withdrawn.
 */
const MAX_LIFETIME_SEC = 86_400;

/** Whether a number can be a token's lifetime: whole seconds, from one second to a day. */
export function isLifetime(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_LIFETIME_SEC;
}
