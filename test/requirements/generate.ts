import { writeFileSync } from 'node:fs';
import { citations } from './citations.ts';
import { coverageDocument } from './coverage-document.ts';
import { manifest } from './manifest.ts';

writeFileSync(
  new URL('../../docs/rfc-coverage.md', import.meta.url),
  coverageDocument(manifest, citations()),
);
