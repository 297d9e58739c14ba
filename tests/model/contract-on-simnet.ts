import { getSDK, type Simnet } from '@hirosystems/clarinet-sdk';
import { Cl } from '@stacks/transactions';
import {
  decodeBatchResult,
  decodeEvent,
  decodeResult,
  type EntryCall,
  encodeCall,
  type GridCall,
  type GridErrorName,
  type GridEvent,
  type GridRead,
  gridContractSource,
} from '../../src/contract/index.ts';
import { type Height, height, type Principal } from '../../src/core/index.ts';

export type Answer =
  | { readonly ok: true; readonly result: true | bigint | readonly (bigint | GridErrorName | null)[] }
  | { readonly ok: false; readonly error: GridErrorName | null };

/** One deployment of the contract on the simnet, with nothing in it yet. */
export interface DeployedContract {
  /** The height that the next call executes at. */
  readonly nextHeight: Height;
  balanceOf(account: Principal): bigint;
  call(caller: Principal, call: GridCall | EntryCall): { readonly answer: Answer; readonly events: readonly Printed[] };
  read<T>(read: GridRead<T>): T;
  /** Lets blocks pass. */
  wait(blocks: number): void;
}

export interface Printed {
  readonly hex: string;
  readonly event: GridEvent;
}

/** A simnet that deploys the contract anew as often as asked, always by `deployer`; `funded` have STX to spare. */
export async function openSimnet(
  deployer: Principal,
  funded: readonly Principal[],
): Promise<{ deploy(): DeployedContract }> {
  const simnet: Simnet = await getSDK();
  await simnet.initEmptySession({ enabled: false, api_url: '', initial_height: undefined });
  simnet.setEpoch('3.3');
  for (const account of funded) simnet.mintSTX(account, 10n ** 17n);
  let deployments = 0;
  return {
    deploy() {
      deployments += 1;
      const name = `grid-${deployments}`;
      simnet.deployContract(name, gridContractSource(), { clarityVersion: 4 }, deployer);
      return deployed(simnet, `${deployer}.${name}`, deployer);
    },
  };
}

function deployed(simnet: Simnet, contract: string, reader: Principal): DeployedContract {
  return {
    get nextHeight() {
      return height(simnet.blockHeight + 1);
    },
    balanceOf: (account) => simnet.getAssetsMap().get('STX')?.get(account) ?? 0n,
    call(caller, call) {
      const { functionName, functionArgs } = encodeCall(call);
      const { result, events } = simnet.callPublicFn(contract, functionName, [...functionArgs], caller);
      const prints = events.filter(({ event }) => event === 'print_event');
      return {
        answer: answerOf(call, Cl.serialize(result)),
        events: prints.map(({ data }) => {
          const hex = String(data.raw_value).replace(/^0x/, '');
          return { hex, event: decodeEvent(hex) };
        }),
      };
    },
    read(read) {
      const { result } = simnet.callReadOnlyFn(contract, read.functionName, [...read.functionArgs], reader);
      return read.decode(Cl.serialize(result));
    },
    wait(blocks) {
      simnet.mineEmptyBlocks(blocks);
    },
  };
}

function answerOf(call: GridCall | EntryCall, hex: string): Answer {
  if ('entries' in call) {
    const batch = decodeBatchResult(hex);
    if (!batch.ok) return { ok: false, error: batch.error };
    return { ok: true, result: batch.entries.map((entry) => (entry.ok ? entry.value : entry.error)) };
  }
  const single = decodeResult(hex);
  return single.ok ? { ok: true, result: single.value } : { ok: false, error: single.error };
}
