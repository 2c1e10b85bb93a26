// Imports an entry point of an ESM package by its subpath, with its types.
import type { ContractCase } from '@authly/testing/contracts';

declare const given: ContractCase;
// @ts-expect-error: the type is not any
export const text: string = given;
