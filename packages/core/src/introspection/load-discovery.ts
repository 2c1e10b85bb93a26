/**
 * Loads the discovery of endpoints, at the first request that needs it: it stands on what keys are fetched
 * with, which an application that only calls others would pay for at its start.
 */
export function loadDiscovery(): Promise<typeof import('./discover-endpoint.ts')> {
  return import('./discover-endpoint.ts');
}
