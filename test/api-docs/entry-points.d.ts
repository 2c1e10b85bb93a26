/** An entry point of a published package. */
export interface EntryPoint {
  readonly name: string;
  readonly file: string;
  readonly moduleName: string;
}

export const entryPoints: readonly EntryPoint[];
