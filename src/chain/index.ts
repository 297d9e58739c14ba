export { type ChainClient, type ChainClientOptions, createChainClient } from './chain-client.ts';
export type { NetworkName } from './network.ts';
