import { Cl, type ClarityValue } from '@stacks/transactions';
import { CorruptionError } from '../../core/index.ts';
import { contractTime, type Genesis } from '../genesis.ts';
import { FEE_RECIPIENT } from '../network.ts';
import { type AbiFunction, type ContractInterface, clarityTypeText } from './abi.ts';
import { parseVmEvent, type VmEvent } from './events.ts';
import { sessionImage } from './session-image.ts';
import { type Freeable, loadWasm, type RawResult, type RawSdk, type WasmModule } from './wasm-module.ts';

/** What the virtual machine made of one call: a value (`ok` or `err` alike), or a runtime error that was rolled back. */
export type VmOutcome =
  | { readonly kind: 'value'; readonly result: string; readonly events: readonly VmEvent[] }
  | { readonly kind: 'runtime-error'; readonly message: string };

export interface VmCall {
  readonly sender: string;
  readonly contract: string;
  readonly abi: AbiFunction;
  readonly args: readonly ClarityValue[];
}

/** The WebAssembly machine itself failed; its memory must be restored before it is used again. */
export class VmTrap extends CorruptionError {}

const ABSENT = 'value not found';

/** Of its own, without another chain's state. */
const EMPTY_SESSION = { enabled: false, api_url: '', initial_height: null };

/**
 * The simnet as a plain executor: no fees, nonces or blocks of its own making but the height. Every call of a block runs
 * at one height and is isolated from the others; see docs/devnet.md for why it is driven through `execute`.
 */
export class ClarityVm {
  readonly #wasm: WasmModule;
  readonly #sdk: RawSdk;
  #sender = '';
  #saved = new Uint8Array(0);

  private constructor(wasm: WasmModule, sdk: RawSdk) {
    this.#wasm = wasm;
    this.#sdk = sdk;
  }

  /** Starts an empty session in the genesis' epoch, with its accounts funded. */
  static async start(genesis: Genesis): Promise<ClarityVm> {
    const time = contractTime(genesis);
    const wasm = loadWasm(time);
    const { SDK, SDKOptions } = wasm.raw;
    const noFiles = (): never => {
      throw new CorruptionError('expected the simnet to need no files');
    };
    const sdk = new SDK(noFiles, new SDKOptions(false, false, false));
    const image = sessionImage(wasm.memory, [wasm.build, EMPTY_SESSION, genesis.epoch, time, sdk.__wbg_ptr]);
    if (!image.restore()) {
      await sdk.initEmptySession(EMPTY_SESSION);
      sdk.setEpoch(genesis.epoch);
      image.keep();
    }
    const vm = new ClarityVm(wasm, sdk);
    for (const [address, amount] of genesis.accounts) vm.mint(address, BigInt(amount));
    return vm;
  }

  get height(): number {
    return this.#sdk.blockHeight;
  }

  get burnHeight(): number {
    return this.#sdk.burnBlockHeight;
  }

  /** Advances `count` blocks; what runs next runs in the last of them. */
  openBlocks(count: number): void {
    if (count === 1) this.#sdk.mineEmptyStacksBlock();
    else this.#sdk.mineEmptyStacksBlocks(count);
  }

  mint(address: string, amount: bigint): void {
    this.#sdk.mintSTX(address, amount);
  }

  call(call: VmCall): VmOutcome {
    return this.#execute(call.sender, callExpression(call));
  }

  transfer(sender: string, recipient: string, amount: bigint): VmOutcome {
    return this.#execute(sender, `(stx-transfer? u${amount} tx-sender '${recipient})`);
  }

  /** @throws CorruptionError when the payer lacks the fee; the caller has checked its balance. */
  payFee(payer: string, fee: bigint): void {
    if (fee === 0n || payer === FEE_RECIPIENT) return;
    const outcome = this.transfer(payer, FEE_RECIPIENT, fee);
    if (outcome.kind === 'runtime-error' || outcome.result !== '0x0703') {
      throw new CorruptionError(
        `expected ${payer} to hold the fee of ${fee} µSTX, was ${JSON.stringify(outcome.kind)}`,
      );
    }
  }

  /** Deploys in the open block and then, whatever came of it, opens the next one: the simnet knows no other way. */
  deploy(deployer: string, name: string, source: string, clarityVersion: number): VmOutcome {
    const { DeployContractArgs, ContractOptions } = this.#wasm.raw;
    return this.#outcome(() =>
      this.#using(new DeployContractArgs(name, source, new ContractOptions(clarityVersion), deployer), (args) =>
        this.#sdk.deployContract(args),
      ),
    );
  }

  /** Calls a read-only function at the open block. */
  read(call: VmCall): VmOutcome {
    const bytes = call.args.map((argument) => Buffer.from(Cl.serialize(argument), 'hex'));
    const { CallFnArgs } = this.#wasm.raw;
    return this.#outcome(() =>
      this.#using(new CallFnArgs(call.contract, call.abi.name, bytes, call.sender), (args) =>
        this.#sdk.callReadOnlyFn(args),
      ),
    );
  }

  /** Calls a read-only function as of an earlier block; `at-block` exists up to Clarity 4, that is in epoch 3.3. */
  readAt(height: number, call: VmCall): VmOutcome {
    const block = `(unwrap-panic (get-stacks-block-info? id-header-hash u${height}))`;
    return this.#execute(call.sender, `(at-block ${block} ${callExpression(call)})`);
  }

  /** The value as hex with `0x`, or `undefined` when there is no such variable. */
  dataVar(contract: string, name: string): string | undefined {
    return this.#lookup(() => this.#sdk.getDataVar(contract, name));
  }

  /** The entry as hex of a `some`, or `undefined` when contract, map or key do not exist. */
  mapEntry(contract: string, map: string, key: Uint8Array): string | undefined {
    return this.#lookup(() => this.#sdk.getMapEntry(contract, map, key));
  }

  contractInterface(contract: string): ContractInterface | undefined {
    return this.#sdk.getContractsInterfaces().get(contract) as ContractInterface | undefined;
  }

  balances(): ReadonlyMap<string, bigint> {
    return this.#sdk.getAssetsMap().get('STX') ?? new Map();
  }

  /** Keeps the whole state for `restore`; a second snapshot replaces the first. */
  snapshot(): void {
    const memory = new Uint8Array(this.#wasm.memory.buffer);
    if (this.#saved.length !== memory.length) this.#saved = new Uint8Array(memory.length);
    this.#saved.set(memory);
  }

  restore(): void {
    new Uint8Array(this.#wasm.memory.buffer).set(this.#saved);
    this.#sender = '';
  }

  /** A copy of the whole state for `reset`, which snapshots do not touch. */
  copy(): Uint8Array {
    return new Uint8Array(this.#wasm.memory.buffer).slice();
  }

  reset(copy: Uint8Array): void {
    new Uint8Array(this.#wasm.memory.buffer).set(copy);
    this.#sender = '';
  }

  #execute(sender: string, snippet: string): VmOutcome {
    if (this.#sender !== sender) {
      this.#sdk.executeCommand(`::set_tx_sender ${sender}`);
      this.#sender = sender;
    }
    return this.#outcome(() => this.#sdk.execute(snippet));
  }

  #outcome(run: () => RawResult): VmOutcome {
    let raw: RawResult;
    try {
      raw = run();
    } catch (error) {
      if (typeof error === 'string') return { kind: 'runtime-error', message: error };
      throw new VmTrap('expected the simnet to answer, but its machine stopped', { cause: error });
    }
    // Freed at once: a later restore would leave the garbage collector with pointers into memory that is no longer theirs.
    try {
      const texts = JSON.parse(raw.events as unknown as string) as string[];
      const events = texts.map(parseVmEvent).filter((event) => event !== undefined);
      return { kind: 'value', result: raw.result, events };
    } finally {
      raw.free();
    }
  }

  #using(args: Freeable, run: (args: Freeable) => RawResult): RawResult {
    try {
      return run(args);
    } finally {
      args.free();
    }
  }

  #lookup(run: () => string): string | undefined {
    try {
      return run();
    } catch (error) {
      if (error === ABSENT) return undefined;
      if (typeof error === 'string') return undefined;
      throw new VmTrap('expected the simnet to answer, but its machine stopped', { cause: error });
    }
  }
}

/**
 * The call as one expression. Arguments travel as consensus bytes, so that no text of a client is ever parsed as Clarity;
 * traits have no bytes and are named. The call is not wrapped: `contract-caller` has to be the sender.
 */
function callExpression({ contract, abi, args }: VmCall): string {
  const rendered = abi.args.map(({ type }, index) => {
    const argument = args[index];
    if (argument === undefined) throw new CorruptionError(`expected ${abi.args.length} arguments, was ${args.length}`);
    if (type === 'trait_reference') return Cl.stringify(argument);
    return `(unwrap-panic (from-consensus-buff? ${clarityTypeText(type)} 0x${Cl.serialize(argument)}))`;
  });
  return `(contract-call? '${contract} ${abi.name} ${rendered.join(' ')})`;
}
