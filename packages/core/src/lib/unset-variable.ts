/** `undefined` as a word of its own, anywhere: as host, label, path segment, or part of an id. */
const UNDEFINED = /(?<![0-9A-Za-z])undefined(?![0-9A-Za-z])/;

/** `null` as the whole, as the host, or as a path segment: as a label of a host it may be a name. */
const NULL = /^null(?=$|[/:])|\/null(?=$|[/:?#])/;

/**
 * Whether text of a configuration shows that a variable was not set when it was made: `undefined`,
 * `https://undefined/`, `https://sso.acme.com/realms/null`. JavaScript writes both words silently.
 */
export function namesUnsetVariable(text: string): boolean {
  return UNDEFINED.test(text) || NULL.test(text);
}
