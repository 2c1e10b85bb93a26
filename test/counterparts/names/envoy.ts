import type { ServerCounterpart } from '../counterpart.ts';
import { tryEnvoy } from '../front-doors/behind-envoy.ts';
import { VERSION } from '../front-doors/envoy.ts';

/** Envoy, from PyPI. */
export const counterpart: ServerCounterpart = {
  description: `Envoy ${VERSION} in front of APIs, as docs/front-doors.md has it`,
  run: tryEnvoy,
};
