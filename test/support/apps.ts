import type { CredentialSource, ResourceServer } from '@authly/core';
import type { AppOptions, Exchange, Framework, Middleware, TestApp } from './frameworks.ts';
import { aResourceServer } from './resource-servers.ts';

/** How {@link protectedApp} differs from the plainest app. */
export interface ProtectedAppOptions extends AppOptions {
  readonly server?: ResourceServer<unknown>;
  readonly optional?: boolean;
  readonly delegated?: boolean;
  readonly credentials?: CredentialSource;
  /** Guards of the route, in order. */
  readonly guards?: readonly Middleware[];
}

/**
 * An app that authenticates every request and has one route, `/`, which answers with the principal,
 * or `null` for an anonymous request.
 */
export function protectedApp(framework: Framework, options: ProtectedAppOptions = {}): TestApp {
  const { server = aResourceServer(), guards = [], ...rest } = options;
  const whoami = ({ carrier }: Exchange) => framework.kit.findPrincipal(carrier) ?? null;
  return framework.createApp(({ use, route }) => {
    use(framework.authenticate(server, rest));
    route('/', ...guards, whoami);
  }, rest);
}
