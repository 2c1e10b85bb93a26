/** A member of a JSON answer as text; empty where there is none. */
export function textIn(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null) return '';
  return String(new Map(Object.entries(body)).get(name) ?? '');
}
