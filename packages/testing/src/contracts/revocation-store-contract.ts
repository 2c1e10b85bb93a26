import type { ContractCase } from './contract-case.ts';
import { MARK_STATEMENTS } from './revocation-mark-statements.ts';
import type { RevocationContractSettings, RevocationsUnderTest } from './revocation-subject.ts';
import { SHARED_REVOCATION_STATEMENTS } from './shared-revocation-statements.ts';

/** Long enough that nothing expires while a case runs on a slow machine. */
const SETTINGS: RevocationContractSettings = { retainSec: 3_600, toleranceSec: 0 };

const STATEMENTS = { ...MARK_STATEMENTS, ...SHARED_REVOCATION_STATEMENTS };

/**
 * What every store of revocations must do, as cases for any test runner. `open` makes a store for one case.
 * Several cases may share one server, because each case uses ids of its own.
 *
 * ```ts
 * describe('my store of revocations', () => {
 *   for (const { name, run } of revocationStoreContract(openMyStore)) it(name, run);
 * });
 * ```
 *
 * It does not prove how much a store can hold, nor what the store does while its server is down. Then
 * `isRevoked` must reject, and a revocation must reject if its mark may not be stored.
 */
export function revocationStoreContract(
  open: (
    settings: RevocationContractSettings,
  ) => RevocationsUnderTest | Promise<RevocationsUnderTest>,
): readonly ContractCase[] {
  return Object.entries(STATEMENTS).map(([name, { settings = SETTINGS, holds }]) => ({
    name,
    async run() {
      const subject = await open(settings);
      try {
        await holds(subject);
      } finally {
        await subject.close?.();
      }
    },
  }));
}
