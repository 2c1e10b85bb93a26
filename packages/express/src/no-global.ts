// This package without the declaration of `Express.Request.principal`, for applications that declare their own.
// Whatever these files export is public.
export * from '@authly/core';
export type {
  DescribeOptions,
  EventStream,
  EventStreamOptions,
  ServerSentEvent,
} from '@authly/core/adapter';
export * from './assert-guarded.ts';
export * from './auth-error-handler.ts';
export * from './authenticate.ts';
export * from './authorize.ts';
export * from './describe-requirements.ts';
export * from './event-stream.ts';
export type * from './framework.ts';
export * from './mount.ts';
export * from './protected-resource-metadata.ts';
