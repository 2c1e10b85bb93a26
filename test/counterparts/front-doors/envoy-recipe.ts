import { readFileSync } from 'node:fs';
import { AUDIENCE, SCOPE } from '../frame/api-under-test.ts';

const PAGE = new URL('../../../docs/front-doors.md', import.meta.url);

/** The filters that docs/front-doors.md writes for Envoy. */
export type Filter = 'jwt_authn' | 'oauth2' | 'ext_authz';

/** What the page's examples stand for in a trial. */
export interface RecipeParts {
  readonly filter: Filter;
  readonly issuer: string;
  /** Where the door itself is. */
  readonly door: string;
  /** The oauth2-proxy that is asked, and the name of its cluster. */
  readonly asked: { readonly origin: string; readonly cluster: string };
}

/** The filters as the page has them, for this trial's servers. */
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
