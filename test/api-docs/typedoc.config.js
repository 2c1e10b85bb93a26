import { OptionDefaults } from 'typedoc';
import { entryPoints } from './entry-points.js';

/** What must have a docstring: every export of every entry point. */
const DOCUMENTED = ['Enum', 'Variable', 'Function', 'Class', 'Interface', 'TypeAlias'];

/** The settings of `pnpm docs:api`: one page for each entry point, in `docs/api`. */
export default {
  entryPoints: entryPoints.map(({ file }) => file),
  tsconfig: 'tsconfig.json',
  plugin: ['typedoc-plugin-markdown', './name-modules.js'],
  out: '../../docs/api',
  name: 'Authly',
  readme: 'none',
  basePath: '../../packages',
  displayBasePath: '../../packages',
  router: 'module',
  disableSources: true,
  githubPages: false,
  sort: ['source-order'],
  // A directive to TypeScript that has to stand in a docstring, so that declarations keep it.
  modifierTags: [...OptionDefaults.modifierTags, '@ts-ignore'],
  excludeInternal: true,
  excludePrivate: true,
  // Types of Node's are described there.
  externalSymbolLinkMappings: { '@types/node': { '*': '#' } },
  requiredToBeDocumented: DOCUMENTED,
  validation: { notExported: false, invalidLink: true, notDocumented: true },
  treatValidationWarningsAsErrors: true,
};
