import type { ServerCounterpart } from '../counterpart.ts';
import { tryOAuth2Proxy } from '../front-doors/behind-oauth2-proxy.ts';
import { VERSION } from '../front-doors/oauth2-proxy.ts';

/** oauth2-proxy, from the Go module proxy. */
export const counterpart: ServerCounterpart = {
  description: `oauth2-proxy ${VERSION} in front of APIs, as docs/front-doors.md has it`,
  run: tryOAuth2Proxy,
};
