import type { Simnet } from '@hirosystems/clarinet-sdk';
import { type ClarityValue, privateKeyToAddress, serializeCV } from '@stacks/transactions';
import {
  type BatchCall,
  type BatchResult,
  type CallResult,
  decodeBatchResult,
  decodeEvent,
  decodeResult,
  type EntryCall,
  encodeCall,
  type GridCall,
  type GridEvent,
  type GridRead,
  gridContractSource,
} from '../../src/contract/index.ts';
import { type Height, height, type Principal, principal } from '../../src/core/index.ts';
import { answersTogether, argumentsTogether, READ_TOGETHER, type ReadsTogether } from './read-together.ts';
import { openSimnet } from './simnet-memory.ts';

/** The epochs of the chains that the contract must run on: the one it is written for, and the newest. */
export const epochs = ['3.3', '4.0'] as const;
export type Epoch = (typeof epochs)[number];

const CONTRACT_NAME = 'energy-grid';
const STARTING_MICROSTX = 100_000_000_000n;

/** A made-up principal, the same for the same number in every run. */
export function principalNumber(number: number): Principal {
  return principal(privateKeyToAddress(`${number.toString(16).padStart(64, '0')}01`, 'testnet'));
}

/** The people of the contract tests; `owner` deploys. Nobody is registered at the start. */
export const actors = {
  owner: principalNumber(1),
  alice: principalNumber(2),
  bob: principalNumber(3),
  carol: principalNumber(4),
  dave: principalNumber(5),
  operator: principalNumber(6),
  rival: principalNumber(7),
  meter: principalNumber(8),
} as const;

export const contractId = principal(`${actors.owner}.${CONTRACT_NAME}`);

interface Printed {
  readonly event: GridEvent;
  /** Consensus bytes as the simnet gives them. */
  readonly hex: string;
}

/** What Stacks counts of an execution and limits for each block; lengths are in bytes, runtime in units of its own. */
export const COST_DIMENSIONS = ['readCount', 'readLength', 'writeCount', 'writeLength', 'runtime'] as const;
export type CostDimension = (typeof COST_DIMENSIONS)[number];
export type Cost = Readonly<Record<CostDimension, number>>;

/** What a call cost, and what the SDK says that a block may cost. */
export interface MeasuredCost {
  readonly total: Cost;
  readonly limit: Cost;
}

/** What a call did: its decoded result and the contract's prints. */
export interface Done<Result> {
  readonly result: Result;
  readonly printed: readonly Printed[];
  readonly events: readonly GridEvent[];
  /** Null unless the grid counts costs. */
  readonly cost: MeasuredCost | null;
}

type ResultOf<Call> = Call extends BatchCall ? BatchResult : CallResult;

/** A call and who makes it. */
export interface MadeCall {
  readonly caller: Principal;
  readonly call: GridCall | EntryCall;
}

/** A chain of its own with the contract deployed and each actor holding 100,000 STX. */
export interface Grid {
  call<Call extends GridCall | EntryCall>(caller: Principal, call: Call): Done<ResultOf<Call>>;
  /** `call`, which must succeed. */
  must(caller: Principal, call: Exclude<GridCall, BatchCall> | EntryCall): readonly GridEvent[];
  read<Answer>(read: GridRead<Answer>): Answer;
  /** Makes calls one after the other in one block. */
  mineBlock(calls: readonly MadeCall[]): readonly Done<CallResult | BatchResult>[];
  /** What a read costs; null unless the grid counts costs. */
  readCost(read: Pick<GridRead<unknown>, 'functionName' | 'functionArgs'>): MeasuredCost | null;
  /** The height that the next call will see. */
  nextHeight(): Height;
  mineUntilNextHeightIs(wanted: number): void;
  /** Several reads in one call, on a chain with `readsTogether`. */
  readTogether<M, T, P, D, O>(reads: ReadsTogether<M, T, P, D, O>): ReturnType<typeof answersTogether<M, T, P, D, O>>;
  balance(account: Principal): bigint;
  mint(account: Principal, microStx: bigint): void;
  transfer(amount: bigint, from: Principal, to: Principal): void;
  /** Deploys another contract beside this one, for calls through it. */
  deploy(name: string, source: string): Principal;
  /** Calls any function of any contract, with the grid's prints decoded. */
  callThrough(caller: Principal, contract: Principal, name: string, args: readonly ClarityValue[]): Done<CallResult>;
}

export interface FreshGridOptions {
  /** @default '3.3' */
  readonly epoch?: Epoch;
  /** Count what each call costs; several times slower. @default false */
  readonly costs?: boolean;
  /** Append `READ_TOGETHER` to the contract, for `readTogether`. @default false */
  readonly readsTogether?: boolean;
}

/** A new chain; any earlier one of this process is gone. */
export async function freshGrid(options: FreshGridOptions = {}): Promise<Grid> {
  const { epoch = '3.3', costs = false, readsTogether = false } = options;
  const source = gridContractSource() + (readsTogether ? READ_TOGETHER : '');
  const prepare = (simnet: Simnet): void => {
    simnet.setEpoch(epoch);
    for (const actor of Object.values(actors)) simnet.mintSTX(actor, STARTING_MICROSTX);
    simnet.deployContract(CONTRACT_NAME, source, { clarityVersion: 4 }, actors.owner);
  };
  return gridOn(await openSimnet({ name: `epoch ${epoch}${readsTogether ? ' +' : ''}`, costs, prepare }));
}

type Raw = ReturnType<Simnet['callPublicFn']>;

function printedIn(raw: Raw): Printed[] {
  return raw.events
    .filter(({ event, data }) => event === 'print_event' && data.contract_identifier === contractId)
    .map(({ data }) => ({ event: decodeEvent(data.raw_value ?? ''), hex: data.raw_value ?? '' }));
}

function done<Result>(raw: Raw, decode: (hex: string) => Result): Done<Result> {
  const printed = printedIn(raw);
  return {
    result: decode(serializeCV(raw.result)),
    printed,
    events: printed.map(({ event }) => event),
    cost: raw.costs,
  };
}

function gridOn(simnet: Simnet): Grid {
  const call = <Call extends GridCall | EntryCall>(caller: Principal, made: Call): Done<ResultOf<Call>> => {
    const { functionName, functionArgs } = encodeCall(made);
    const raw = simnet.callPublicFn(contractId, functionName, [...functionArgs], caller);
    const isBatch = 'entries' in made;
    return done(raw, (hex) => (isBatch ? decodeBatchResult(hex) : decodeResult(hex)) as ResultOf<Call>);
  };
  const runRead = (read: Parameters<Grid['readCost']>[0]): Raw =>
    simnet.callReadOnlyFn(contractId, read.functionName, [...read.functionArgs], actors.owner);
  const nextHeight = () => height(simnet.blockHeight + 1);
  return {
    call,
    nextHeight,
    must: (caller, made) => {
      const { result, events } = call<GridCall | EntryCall>(caller, made);
      if (!result.ok) throw new Error(`expected ${made.kind} to succeed, was ${result.error ?? result.code}`);
      return events;
    },
    mineBlock: (calls) => {
      const transactions = calls.map(({ caller, call: made }) => {
        const { functionName: method, functionArgs } = encodeCall(made);
        return { callPublicFn: { contract: contractId, method, args: [...functionArgs], sender: caller } };
      });
      return simnet.mineBlock(transactions).map((raw, index) => {
        const isBatch = 'entries' in (calls[index]?.call ?? {});
        return isBatch ? done(raw, decodeBatchResult) : done(raw, decodeResult);
      });
    },
    read: (read) => read.decode(runRead(read).result),
    readTogether: (reads) => {
      const args = argumentsTogether(reads);
      const { result } = simnet.callReadOnlyFn(contractId, 'read-together', args, actors.owner);
      return answersTogether(reads, result);
    },
    readCost: (read) => runRead(read).costs,
    mineUntilNextHeightIs: (wanted) => {
      const missing = wanted - nextHeight();
      if (missing < 0) throw new Error(`expected a height to come, was ${wanted} at ${nextHeight()}`);
      if (missing > 0) simnet.mineEmptyStacksBlocks(missing);
    },
    balance: (account) => simnet.getAssetsMap().get('STX')?.get(account) ?? 0n,
    mint: (account, microStx) => {
      simnet.mintSTX(account, microStx);
    },
    transfer: (amount, from, to) => {
      simnet.transferSTX(amount, to, from);
    },
    deploy: (name, source) => {
      simnet.deployContract(name, source, { clarityVersion: 4 }, actors.owner);
      return principal(`${actors.owner}.${name}`);
    },
    callThrough: (caller, contract, name, args) =>
      done(simnet.callPublicFn(contract, name, [...args], caller), decodeResult),
  };
}
