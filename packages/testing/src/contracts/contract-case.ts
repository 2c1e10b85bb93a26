/** One statement of a contract, to be run by any test runner: `it(name, run)`. */
export interface ContractCase {
  /** What it proves. */
  readonly name: string;
  /** Rejects with an `AssertionError` when the implementation does not do it. */
  run(): Promise<void>;
}
