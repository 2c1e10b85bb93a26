export { type Chain, startChain } from './chain.ts';
