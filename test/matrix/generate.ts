import { writeFileSync } from 'node:fs';
import { evidence } from './evidence.ts';
import { matrixDocument } from './matrix-document.ts';

writeFileSync(
  new URL('../../docs/provider-matrix.md', import.meta.url),
  matrixDocument(evidence()),
);
