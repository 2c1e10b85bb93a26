import 'reflect-metadata';
import { type AuthEvent, createResourceServer } from '@authly/core';
import type { AudienceProvider } from '@authly/core/providers';
import { type INestApplication, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { authModule } from './auth-module.ts';
import { OrdersController } from './orders-controller.ts';
import { ProbesController } from './probes-controller.ts';

/** What differs between deployments, and in tests. */
export interface AppOptions {
  /** The authorization server, by its preset: `auth0('acme.eu.auth0.com')`. */
  readonly issuer: AudienceProvider;
  /** This API's identifier at the authorization server. */
  readonly audience: string;
  /** What Nest runs on. Default `express`. */
  readonly platform?: 'express' | 'fastify';
  /** Called for every token that was accepted or refused, with the reason. */
  readonly onEvent?: (event: AuthEvent) => void;
}

/** An API of Nest that serves people and machines. Listen to it, or `init()` it. */
export function createApp({
  issuer,
  audience,
  platform = 'express',
  onEvent,
}: AppOptions): Promise<INestApplication> {
  const resourceServer = createResourceServer({ issuer, audience, ...(onEvent && { onEvent }) });

  @Module({
    imports: [authModule(resourceServer)],
    controllers: [ProbesController, OrdersController],
  })
  class AppModule {}

  const adapter = platform === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  return NestFactory.create(AppModule, adapter, { logger: ['error', 'warn'] });
}
