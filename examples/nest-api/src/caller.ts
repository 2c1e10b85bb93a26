import { principalOf } from '@authly/core';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';

/** Who is calling: `whoami(@Caller() caller: Principal)`. On Fastify too: `principalOf` looks at `raw`. */
export const Caller: () => ParameterDecorator = createParamDecorator(
  (_data: undefined, context: ExecutionContext) =>
    principalOf(context.switchToHttp().getRequest<object>()),
);
