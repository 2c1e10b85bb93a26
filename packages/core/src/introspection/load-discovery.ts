/**
 * Loads the discovery of endpoints when a request first needs it. It imports the code that fetches keys; an
 * application that only calls other services should not have to load that at its start.
 */
export function loadDiscovery(): Promise<typeof import('./discover-endpoint.ts')> {
  return import('./discover-endpoint.ts');
}
