/**
 * Reads a member of a framework's request, own or inherited, in the way that is quickest for Express.
 *
 * Express gives every request another prototype, and V8 then gives every request a hidden class of its own. Whatever V8
 * remembers of where a member is, is of no use for the next request: `request.name` takes 0.1 to 0.2 µs, most of it to
 * remember the place anew. `Reflect.get` only looks for the member: 0.03 to 0.1 µs. Elsewhere it takes 0.01 µs more.
 */
export function requestMember<Request extends object, Name extends keyof Request>(
  request: Request,
  name: Name,
): Request[Name] {
  return Reflect.get(request, name);
}
