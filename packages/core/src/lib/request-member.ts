/**
 * Reads a member of a framework's request, own or inherited, in the fastest way for Express.
 *
 * Express gives every request another prototype, and V8 then gives every request a hidden class of its own. So the places
 * of members that V8 has cached for one request do not help with the next one: `request.name` takes 0.1 to 0.2 µs, most of it
 * to fill the cache. `Reflect.get` uses no cache, and takes 0.03 to 0.1 µs. For other requests it takes 0.01 µs more.
 */
export function requestMember<Request extends object, Name extends keyof Request>(
  request: Request,
  name: Name,
): Request[Name] {
  return Reflect.get(request, name);
}
