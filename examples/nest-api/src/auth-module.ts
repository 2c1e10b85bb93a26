import type { ResourceServer } from '@authly/core';
import { admissionMode } from '@authly/core/adapter';
import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, HttpAdapterHost, Reflector } from '@nestjs/core';
import { AuthErrorFilter } from './auth-error-filter.ts';
import { AuthGuard } from './auth-guard.ts';

/** The injection token of the API's resource server. */
export const RESOURCE_SERVER = 'authly:resource-server';

@Module({})
class AuthModule {}

/** Guards every route of the application, and answers refusals. */
export function authModule(resourceServer: ResourceServer<unknown>): DynamicModule {
  const mode = admissionMode(resourceServer);
  return {
    module: AuthModule,
    global: true,
    providers: [
      { provide: RESOURCE_SERVER, useValue: resourceServer },
      {
        provide: APP_GUARD,
        useFactory: (reflector: Reflector) => new AuthGuard(mode, reflector),
        inject: [Reflector],
      },
      {
        provide: APP_FILTER,
        useFactory: (host: HttpAdapterHost) => new AuthErrorFilter(host),
        inject: [HttpAdapterHost],
      },
    ],
    exports: [RESOURCE_SERVER],
  };
}
