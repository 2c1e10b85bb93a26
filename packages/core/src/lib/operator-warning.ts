import { emitWarning } from 'node:process';

/** Warns the operator of the process: calls `process.emitWarning` with a text and a type (`AuthlyWarning`). */
export type Warn = (text: string, type: string) => void;

/** Emits a process warning. Node prints it, unless the operator has turned warnings off. */
export const warnOperator: Warn = (text, type) => emitWarning(text, type);
