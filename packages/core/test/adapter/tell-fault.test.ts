import { expect, it } from 'vitest';
import { tellFault } from '../../src/adapter/tell-fault.ts';

const FAULT = new Error('a secret');

it('calls the listener, and warns the process only if there is none', () => {
  const told: unknown[] = [];
  const warnings: string[][] = [];
  const warn = (text: string, type: string) => warnings.push([text, type]);
  tellFault((error) => told.push(error), FAULT, warn);
  expect([told, warnings]).toEqual([[FAULT], []]);
  tellFault(undefined, FAULT, warn);
  expect(warnings).toEqual([
    [expect.stringContaining('To get the error, write: onError'), 'AuthlyWarning'],
  ]);
  expect(String(warnings)).not.toContain('secret');
});

it('ignores a listener that throws or rejects', async () => {
  tellFault(() => {
    throw FAULT;
  }, FAULT);
  tellFault(
    (async () => {
      throw FAULT;
    }) as () => void,
    FAULT,
  );
  await new Promise((resolve) => setImmediate(resolve));
});
