import 'reflect-metadata';
import type { Requirement } from '@authly/core';
import { checkRequirement } from '@authly/core/adapter';
import { type CustomDecorator, SetMetadata } from '@nestjs/common';

/** The metadata key of the requirements of a handler or a controller. */
export const REQUIREMENTS = 'authly:requirements';
/** The metadata key that marks a handler or a controller as public. */
export const PUBLIC = 'authly:public';

/**
 * What a route, or every route of a controller, needs of its caller: `@Requires(scope('read:orders'))`. Of several
 * decorators, and of those of a controller that this one extends, all count.
 */
export function Requires(
  ...requirements: readonly Requirement[]
): MethodDecorator & ClassDecorator {
  const own = requirements.map(checkRequirement);
  return (target: object, _name?: string | symbol, property?: { readonly value?: unknown }) => {
    const place = property === undefined ? target : Object(property.value);
    const others: readonly Requirement[] = Reflect.getMetadata(REQUIREMENTS, place) ?? [];
    Reflect.defineMetadata(REQUIREMENTS, [...own, ...others], place);
  };
}

/**
 * Leaves a route, or every route of a controller, open to everybody: probes, say. A route or a controller that has both
 * this and `@Requires` is not open, nor is a route with `@Requires` in a public controller.
 */
export function Public(): CustomDecorator<string> {
  return SetMetadata(PUBLIC, true);
}
