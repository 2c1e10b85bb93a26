import type { HttpHandler } from '@authly/core';
import type { SignedJwtVerifier } from '@authly/core/jwt';

/**
 * An endpoint for what a provider pushes, for `mount` of an adapter: `app.post('/logout', mount(handler))`. It
 * answers on every path.
 */
export interface SignalHandler extends HttpHandler {
  /** Resolves once the keys of every sender are there. */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Ends what runs in the background. */
  close(): void;
}

export function signalHandler(
  handle: HttpHandler,
  verifiers: readonly Pick<SignedJwtVerifier, 'ready' | 'close'>[],
): SignalHandler {
  return Object.freeze(
    Object.assign((request: Parameters<HttpHandler>[0]) => handle(request), {
      async ready(options: { readonly signal?: AbortSignal } = {}) {
        await Promise.all(verifiers.map((verifier) => verifier.ready(options)));
      },
      close() {
        for (const verifier of verifiers) verifier.close();
      },
    }),
  );
}
