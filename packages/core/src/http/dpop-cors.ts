/**
 * What a CORS layer has to allow and show for clients in browsers that send DPoP proofs (RFC 9449 §7.1,
 * §8), by the names of the package `cors`: `app.use(cors({ origin, ...DPOP_CORS }))`, before
 * `authenticate`. `@koa/cors` calls the lists `allowHeaders` and `exposeHeaders`. Add the headers of
 * your own API to both.
 */
export const DPOP_CORS: {
  /** `Access-Control-Allow-Headers`: what a client sends. */
  readonly allowedHeaders: string[];
  /** `Access-Control-Expose-Headers`: what a client reads of an answer. */
  readonly exposedHeaders: string[];
} = {
  allowedHeaders: ['Authorization', 'DPoP'],
  exposedHeaders: ['WWW-Authenticate', 'DPoP-Nonce'],
};
