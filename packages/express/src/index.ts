// Whatever these files export is public.
export type * from './global-request.ts';
export * from './no-global.ts';
