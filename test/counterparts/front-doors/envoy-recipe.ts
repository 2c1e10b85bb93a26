import { readFileSync } from 'node:fs';
import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';

const PAGE = new URL('../../../docs/front-doors.md', import.meta.url);

/** The filters of Envoy that docs/front-doors.md shows. */
export type Filter = 'jwt_authn' | 'oauth2' | 'ext_authz';

/** The values that replace the example values of the page. */
export interface RecipeParts {
  readonly filter: Filter;
  readonly issuer: string;
  /** The origin of the door. */
  readonly door: string;
  /** The oauth2-proxy that Envoy asks, and the name of its cluster in the configuration. */
  readonly asked: { readonly origin: string; readonly cluster: string };
}

/** The filters of the page, with the servers of this trial. */
export function envoyRecipe({ filter, issuer, door, asked }: RecipeParts): string {
  const shown = [
    ...readFileSync(PAGE, 'utf8').matchAll(/^```yaml\n(http_filters:\n[\s\S]*?)\n```$/gm),
  ]
    .map(([, block = '']) => block)
    .find((block) => block.includes(`envoy.filters.http.${filter}`));
  if (shown === undefined) throw new Error(`docs/front-doors.md has no filter ${filter}`);
  return shown
    .replace('https://api.acme.com/callback', `${door}/callback`)
    .replaceAll('https://auth.acme.com', issuer)
    .replaceAll('https://api.acme.com', AUDIENCE)
    .replaceAll('orders:read', SCOPE)
    .replace('http://127.0.0.1:4180', asked.origin)
    .replace('cluster: oauth2-proxy', `cluster: ${asked.cluster}`);
}
