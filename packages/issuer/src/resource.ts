/** RFC 3986 §4.3: a scheme, and no character that must be percent-encoded. No fragment. */
const ABSOLUTE_URI = /^[a-z][a-z0-9+.-]*:[\x21\x24-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]+$/i;

/**
 * The normal form of a `resource` parameter, or `undefined` when it is not an absolute URI without
 * fragment (RFC 8707 §2). Two spellings of one URI, such as `https://api.example.com` and
 * `https://api.example.com/`, have the same normal form (RFC 3986 §6.2): some clients add the
 * slash.
 */
export function parseResource(resource: string): string | undefined {
  if (!ABSOLUTE_URI.test(resource) || !URL.canParse(resource)) return undefined;
  return new URL(resource).href;
}

/**
 * The audiences for resources in normal form, as `allowed` spells them, each once. `undefined` when a resource
 * is not among `allowed`.
 */
export function audiencesOf(
  resources: readonly string[],
  allowed: readonly string[],
): readonly string[] | undefined {
  const byNormalForm = new Map(allowed.map((audience) => [parseResource(audience), audience]));
  const audiences = resources.map((resource) => byNormalForm.get(resource));
  return audiences.every((audience) => audience !== undefined)
    ? [...new Set(audiences)]
    : undefined;
}
