import { readdirSync } from 'node:fs';
import type { TokenTable } from './token-table.ts';

const FILES = readdirSync(new URL('./tokens', import.meta.url)).map((file) => file.slice(0, -3));

/** Every table of `tokens/`: a new provider's is found by being there. */
export const TABLES: readonly TokenTable[] = await Promise.all(FILES.map(tableIn));

async function tableIn(name: string): Promise<TokenTable> {
  const { table }: { readonly table: TokenTable } = await import(`./tokens/${name}.ts`);
  return table;
}
