/** An object of JSON: no list, no `null`. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether `value` is an object of JSON. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member of an object; `undefined` when it has none of that name. */
export function memberOf(owner: JsonObject, name: string): unknown {
  return Object.hasOwn(owner, name) ? owner[name] : undefined;
}

/** An own member that is text and not empty. Never coerced. */
export function textOf(owner: JsonObject, name: string): string | undefined {
  const value = memberOf(owner, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** An own member that is a time (RFC 7519 §2): a finite number of seconds. Never coerced. */
export function timeOf(owner: JsonObject, name: string): number | undefined {
  const value = memberOf(owner, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The values of `aud`, a text or a list of texts; `undefined` for anything else. */
export function audiencesOf(claims: JsonObject): readonly string[] | undefined {
  const value = memberOf(claims, 'aud');
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.every((each) => typeof each === 'string') ? list : undefined;
}
