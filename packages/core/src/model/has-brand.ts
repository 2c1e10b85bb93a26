/**
 * Whether a value has this registered symbol as a member of its own. So two copies of this package in one
 * process know each other's errors, which `instanceof` would not.
 */
export function hasBrand(value: unknown, brand: symbol): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, brand);
}
