import type { ContractInterface } from './vm/abi.ts';

export interface DeployedContract {
  readonly id: string;
  readonly txid: string;
  readonly height: number;
  readonly source: string;
  readonly abi: ContractInterface;
}

/** Every contract on the chain by id. */
export type Contracts = Map<string, DeployedContract>;

/** The interface of a contract that defines nothing: the simnet lists none for it. */
export const emptyInterface = (epoch: string, clarityVersion: number): ContractInterface => ({
  functions: [],
  variables: [],
  maps: [],
  fungible_tokens: [],
  non_fungible_tokens: [],
  epoch: `Epoch${epoch.replace('.', '')}`,
  clarity_version: `Clarity${clarityVersion}`,
});
