import { type AudienceProvider, glewlwyd, hydra, keycloak } from '@authly/core/providers';

/** Hydra with the mark that its token hook sets, as docs/presets/hydra.md describes it. */
export function hydraWithMark(issuer: string): AudienceProvider {
  return hydra({
    issuer,
    classify: ({ caller_type: type }) => {
      if (type === 'human') return 'user';
      return type === 'machine' ? 'client' : 'refuse';
    },
  });
}

/** The presets for servers that send sign-outs. An API in its own process uses one of them. */
export const signalledPresets: Readonly<
  Record<'glewlwyd' | 'keycloak' | 'hydra', (issuer: string) => AudienceProvider>
> = { glewlwyd, keycloak, hydra: hydraWithMark };
