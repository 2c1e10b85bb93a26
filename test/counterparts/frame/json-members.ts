/** A member of a JSON object; `undefined` of anything else. */
export function memberIn(body: unknown, name: string): unknown {
  if (typeof body !== 'object' || body === null) return undefined;
  return new Map<string, unknown>(Object.entries(body)).get(name);
}

/** A member of a JSON object as text; empty where there is none. */
export function textIn(body: unknown, name: string): string {
  return String(memberIn(body, name) ?? '');
}
