import type { RequestHandler } from 'express';
import type { Middleware } from 'koa';

/** Two Express middlewares that do nothing. They show what any two middlewares cost. */
export const bareExpress: readonly RequestHandler[] = [
  function first(_request, _response, next) {
    next();
  },
  function second(_request, _response, next) {
    next();
  },
];

/** Two Koa middlewares that do nothing. */
export const bareKoa: readonly Middleware[] = [
  function first(_context, next) {
    return next();
  },
  function second(_context, next) {
    return next();
  },
];
