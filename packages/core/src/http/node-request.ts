import { ownProperty } from '../lib/own-property.ts';
import type { RequestView } from './request-view.ts';

/** The part of Node's `http.IncomingMessage` that is read: both frameworks carry one. */
export interface NodeRequest {
  readonly method?: string | undefined;
  /** Names and values in turn, as they arrived. Node's `headers` keeps one of repeated headers only. */
  readonly rawHeaders: readonly string[];
  /** By lower-case name: read only where there are no raw headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** A view of Node's request. `url` is path and query as the client sent them. */
export function nodeRequestView(request: NodeRequest, url: string): RequestView {
  return {
    method: request.method ?? 'GET',
    url,
    header: (name) => rawHeader(request, name),
  };
}

/** A header's value by its lower-case name; a list when there are several, never joined. */
export function rawHeader(
  { rawHeaders, headers }: NodeRequest,
  name: string,
): string | readonly string[] | undefined {
  // A request that no socket brought (serverless-http makes such) may have `headers` alone. Without
  // them its token would not be seen, and bad credentials would pass for absent ones.
  if (rawHeaders.length === 0) {
    return headers && ownProperty(headers, name);
  }
  let found: string | string[] | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index] as string;
    // Lengths first: lower-casing every name would cost more than the rest of the way.
    if (candidate.length !== name.length || candidate.toLowerCase() !== name) continue;
    const value = rawHeaders[index + 1] as string;
    if (found === undefined) found = value;
    else if (typeof found === 'string') found = [found, value];
    else found.push(value);
  }
  return found;
}
