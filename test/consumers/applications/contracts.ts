// An entry of an ESM package below its name, with its types.
import type { ContractCase } from '@authly/testing/contracts';

declare const given: ContractCase;
// @ts-expect-error: the type is no any
export const text: string = given;
