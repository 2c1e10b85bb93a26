import type { Requirement } from './requirement.ts';

/** `role a and role b`: how descriptions name several things of one sort. */
export function describeNames(noun: string, names: readonly string[], word: 'and' | 'or'): string {
  return names.map((name) => `${noun} ${name}`).join(` ${word} `);
}

/** Joins the descriptions of parts, with parentheses around a part that is itself made of several. */
export function describeParts(parts: readonly Requirement[], word: 'and' | 'or'): string {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only.description;
  return parts.map((part) => parenthesize(part.description)).join(` ${word} `);
}

function parenthesize(description: string): string {
  return description.includes(' and ') || description.includes(' or ')
    ? `(${description})`
    : description;
}
