import type { Requirement } from '@authly/core';
import { checkRequirement } from '@authly/core/adapter';
import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** The metadata key of the requirements of a handler or a controller. */
export const REQUIREMENTS = 'authly:requirements';
/** The metadata key that marks a handler or a controller as public. */
export const PUBLIC = 'authly:public';

/** What a route, or every route of a controller, needs of its caller: `@Requires(scope('read:orders'))`. */
export function Requires(...requirements: readonly Requirement[]): CustomDecorator<string> {
  return SetMetadata(REQUIREMENTS, requirements.map(checkRequirement));
}

/** Leaves a route, or every route of a controller, open to everybody: probes, say. */
export function Public(): CustomDecorator<string> {
  return SetMetadata(PUBLIC, true);
}
