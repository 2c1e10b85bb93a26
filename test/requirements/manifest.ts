import type { Coverage } from './manifest/entry.ts';
import { rfc6455 } from './manifest/rfc6455.ts';
import { rfc6749 } from './manifest/rfc6749.ts';
import { rfc6750 } from './manifest/rfc6750.ts';
import { rfc7523 } from './manifest/rfc7523.ts';
import { rfc7662 } from './manifest/rfc7662.ts';
import { rfc8414 } from './manifest/rfc8414.ts';
import { rfc8417 } from './manifest/rfc8417.ts';
import { rfc8693 } from './manifest/rfc8693.ts';
import { rfc8705 } from './manifest/rfc8705.ts';
import { rfc8707 } from './manifest/rfc8707.ts';
import { rfc8935 } from './manifest/rfc8935.ts';
import { rfc9068 } from './manifest/rfc9068.ts';
import { rfc9440 } from './manifest/rfc9440.ts';
import { rfc9449 } from './manifest/rfc9449.ts';
import { rfc9470 } from './manifest/rfc9470.ts';
import { rfc9701 } from './manifest/rfc9701.ts';
import { rfc9728 } from './manifest/rfc9728.ts';

/**
 * What the specifications ask, as data. A test that shows an entry says its id in its name, in square
 * brackets: `it('[RFC6750-3.1-d] …')`. The gate fails on an entry that no test cites, and on a citation
 * of what is no entry.
 */
export const manifest: readonly Coverage[] = [
  rfc6455,
  rfc6749,
  rfc6750,
  rfc7523,
  rfc7662,
  rfc8414,
  rfc8693,
  rfc8705,
  rfc8707,
  rfc8417,
  rfc8935,
  rfc9068,
  rfc9440,
  rfc9449,
  rfc9470,
  rfc9701,
  rfc9728,
];
