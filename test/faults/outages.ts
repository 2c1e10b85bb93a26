import type { Fault, IdentityProvider } from './identity-provider.ts';

/** A way in which a provider fails, and how that ends. */
export interface Outage {
  readonly what: string;
  begin(provider: IdentityProvider): unknown;
  end(provider: IdentityProvider): unknown;
}

const failing = (fault: Fault, at: 'metadata' | 'keys'): Outage => ({
  what: `${fault} (${at})`,
  begin: (provider) => provider.fail(fault, [at]),
  end: (provider) => provider.fail(undefined),
});

/** Every way in which a working provider was seen to fail. */
export const OUTAGES: readonly Outage[] = [
  {
    what: 'refuses connections',
    begin: (provider) => provider.stop(),
    end: (provider) => provider.start(),
  },
  {
    what: 'names another issuer',
    begin: (provider) => {
      provider.metadata = { issuer: 'https://evil.example.com' };
    },
    end: (provider) => {
      provider.metadata = {};
    },
  },
  failing('resets', 'metadata'),
  failing('hangs', 'metadata'),
  failing('hangs', 'keys'),
  failing('hangs in the body', 'keys'),
  failing('drips', 'keys'),
  failing('answers 500', 'metadata'),
  failing('answers 500', 'keys'),
  failing('truncates', 'keys'),
  failing('sends 50 MB', 'metadata'),
  failing('sends 50 MB', 'keys'),
  failing('redirects', 'metadata'),
  failing('redirects', 'keys'),
  failing('sends HTML', 'keys'),
];
