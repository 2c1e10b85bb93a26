import { readFileSync } from 'node:fs';

const PAGE = new URL('../../docs/front-doors.md', import.meta.url);

/** What docs/front-doors.md writes for nginx with `auth_request`, in front of this API, asking this oauth2-proxy. */
export function nginxRecipe(api: string, door: string): string {
  const [, shown = ''] = /^```nginx\n([\s\S]*?)\n```$/m.exec(readFileSync(PAGE, 'utf8')) ?? [];
  const recipe = shown.replace('http://127.0.0.1:3000', api).replace('http://127.0.0.1:4180', door);
  if (!recipe.includes(api) || !recipe.includes(door)) {
    throw new Error('docs/front-doors.md names the API or oauth2-proxy by another address');
  }
  return recipe;
}
