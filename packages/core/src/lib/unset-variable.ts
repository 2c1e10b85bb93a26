/** The word `undefined` anywhere in a text: as host, label, path segment, or part of an id. */
const UNDEFINED = /(?<![0-9A-Za-z])undefined(?![0-9A-Za-z])/;

/** `null` as the whole text, as host, or as path segment. As one label of a host it may be a real name. */
const NULL = /^null(?=$|[/:])|\/null(?=$|[/:?#])/;

/**
 * Whether a configured text was probably made from a variable that was not set: `undefined`, `https://undefined/`,
 * `https://sso.acme.com/realms/null`. JavaScript writes these words into a text without an error.
 */
export function namesUnsetVariable(text: string): boolean {
  return UNDEFINED.test(text) || NULL.test(text);
}
