import { type AudienceProvider, glewlwyd, hydra, keycloak } from '@authly/core/providers';

/** Hydra with the mark that its token hook sets, as the page of the preset tells to write it. */
export function hydraWithMark(issuer: string): AudienceProvider {
  return hydra({
    issuer,
    classify: ({ caller_type: type }) => {
      if (type === 'human') return 'user';
      return type === 'machine' ? 'client' : 'refuse';
    },
  });
}

/** The presets by which an API in a process of its own trusts a server that tells of sign-outs. */
export const signalledPresets: Readonly<
  Record<'glewlwyd' | 'keycloak' | 'hydra', (issuer: string) => AudienceProvider>
> = { glewlwyd, keycloak, hydra: hydraWithMark };
