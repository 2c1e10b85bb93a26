import type { ResourceServer } from '@authly/core';
import { Controller, Get, HttpCode, Inject, ServiceUnavailableException } from '@nestjs/common';
import { RESOURCE_SERVER } from './auth-module.ts';
import { Public } from './requires.ts';

const READY_WITHIN_MS = 2_000;

/** Probes carry no token. Not ready means that the issuer's keys cannot be fetched: no traffic yet. */
@Public()
@Controller()
export class ProbesController {
  readonly #resourceServer: ResourceServer<unknown>;

  constructor(@Inject(RESOURCE_SERVER) resourceServer: ResourceServer<unknown>) {
    this.#resourceServer = resourceServer;
  }

  @Get('livez')
  @HttpCode(204)
  livez(): void {}

  @Get('readyz')
  @HttpCode(204)
  async readyz(): Promise<void> {
    const signal = AbortSignal.timeout(READY_WITHIN_MS);
    await this.#resourceServer.ready({ signal }).catch(() => {
      throw new ServiceUnavailableException();
    });
  }
}
