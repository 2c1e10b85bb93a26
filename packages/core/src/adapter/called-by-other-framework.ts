import { ConfigurationError } from '../model/errors.ts';
import type { AdapterPackage } from './refuse-other-framework.ts';

const FRAMEWORKS: Readonly<Record<AdapterPackage, string>> = {
  '@authly/express': 'Express',
  '@authly/koa': 'Koa',
};

/**
 * Makes the error for middleware of one adapter that another framework called: it got no `next` in the place where its own
 * framework has it. `name` is the function that made the middleware.
 */
export function calledByOtherFramework(name: string, adapter: AdapterPackage): ConfigurationError {
  const other = adapter === '@authly/express' ? '@authly/koa' : '@authly/express';
  return new ConfigurationError(
    `${name} of ${adapter} is for ${FRAMEWORKS[adapter]}, and was called by another framework. In ${FRAMEWORKS[other]} write: import { ${name} } from '${other}'`,
  );
}
