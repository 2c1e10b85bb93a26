import type { ServerCounterpart } from '../counterpart.ts';
import { tryOpaqueTokens } from '../django/opaque-tokens.ts';
import { startDjango, VERSION } from '../django/server.ts';

/** Django OAuth Toolkit, from PyPI. */
export const counterpart: ServerCounterpart = {
  description: `Django OAuth Toolkit ${VERSION}: opaque tokens`,
  async run(bench) {
    await tryOpaqueTokens(bench, await startDjango(bench));
  },
};
