import { emitWarning } from 'node:process';

/** Tells the process's operator of a mistake: `process.emitWarning` with a text and the name `AuthlyWarning`. */
export type Warn = (text: string, type: string) => void;

/** The process's own warnings, which Node prints unless the operator decides otherwise. */
export const warnOperator: Warn = (text, type) => emitWarning(text, type);
