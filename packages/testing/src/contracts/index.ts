// Adding a name here makes it public: `@authly/testing/contracts`, what implementations of ports must do.

export type { ContractCase } from './contract-case.ts';
export {
  type IntrospectionStoreUnderTest,
  introspectionStoreContract,
} from './introspection-store-contract.ts';
export { type ReplayStoreUnderTest, replayStoreContract } from './replay-store-contract.ts';
export { revocationStoreContract } from './revocation-store-contract.ts';
export type { RevocationContractSettings, RevocationsUnderTest } from './revocation-subject.ts';
