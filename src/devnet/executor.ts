import { CorruptionError } from '../core/index.ts';
import type { Accounts } from './accounts.ts';
import type { MinedTransaction, Receipt } from './block.ts';
import { type Contracts, emptyInterface } from './contracts.ts';
import { CLARITY_VERSIONS, type Epoch } from './genesis.ts';
import { FEE_RECIPIENT } from './network.ts';
import { postConditionFailure } from './post-conditions.ts';
import { deployedContract, headOf, type Transaction } from './transaction.ts';
import { type ClarityVm, type VmOutcome, VmTrap } from './vm/clarity-vm.ts';
import type { VmEvent } from './vm/events.ts';

/** What became of a transaction that was to be mined. Only `mined` changes the chain. */
export type Attempt =
  | { readonly kind: 'mined'; readonly mined: MinedTransaction }
  | { readonly kind: 'unaffordable' }
  | { readonly kind: 'problematic'; readonly reason: string };

export interface ExecutorDeps {
  readonly vm: ClarityVm;
  readonly accounts: Accounts;
  readonly contracts: Contracts;
  readonly epoch: Epoch;
}

const OK_TRUE = '0x0703';
/** What a runtime error is mined with: `(err none)`. */
const ERR_NONE = '0x0809';
const isErr = (result: string): boolean => result.startsWith('0x08');

/** Runs the transactions of one block, in order, and takes back the ones that break their post-conditions. */
export class BlockExecutor {
  readonly #deps: ExecutorDeps;
  readonly #guarded: boolean;
  /** What has changed the machine since its snapshot, to be done again after a restore. */
  #sinceSnapshot: (() => void)[] = [];
  #hasSnapshot = false;
  #closed = false;

  /** `guarded: false` skips the snapshot for a block that is known to need none (a replayed one). */
  constructor(deps: ExecutorDeps, options: { readonly guarded: boolean }) {
    this.#deps = deps;
    this.#guarded = options.guarded;
  }

  /** A deployment closes its block: the simnet then stands at the next height. */
  get closed(): boolean {
    return this.#closed;
  }

  run(transaction: Transaction): Attempt {
    const { accounts, vm } = this.#deps;
    const refused = this.#refusal(transaction);
    if (refused !== undefined) return refused;
    if (this.#guarded && !this.#hasSnapshot) this.#takeSnapshot();

    const payFee = (): void => vm.payFee(transaction.sender, transaction.fee);
    let receipt: Receipt;
    try {
      payFee();
      const outcome = this.#execute(transaction);
      receipt = this.#receiptOf(transaction, outcome);
    } catch (error) {
      if (!(error instanceof VmTrap) || !this.#hasSnapshot) throw error;
      this.#rollBack();
      this.#closed = false;
      return { kind: 'problematic', reason: 'the virtual machine stopped in this transaction' };
    }

    if (receipt.status === 'abort_by_post_condition') {
      this.#rollBack();
      payFee();
      this.#takeSnapshot();
      // The restore took the deployment's own new block back as well.
      if (this.#closed) vm.openBlocks(1);
    } else if (receipt.status === 'abort_by_response') {
      this.#sinceSnapshot.push(payFee);
    } else {
      this.#sinceSnapshot.push(() => {
        payFee();
        this.#execute(transaction);
      });
    }

    accounts.charge(transaction.sender, transaction.fee, FEE_RECIPIENT);
    accounts.apply(receipt.events);
    if (receipt.status === 'success') this.#recordContract(transaction);
    return { kind: 'mined', mined: { transaction: headOf(transaction), receipt } };
  }

  #refusal({ payload, sender, fee, postConditions, ...rest }: Transaction): Attempt | undefined {
    const { accounts, contracts } = this.#deps;
    const needed = payload.kind === 'token_transfer' ? fee + payload.amount : fee;
    if (accounts.get(sender).balance < needed) return { kind: 'unaffordable' };
    if (payload.kind === 'token_transfer' && postConditions.length > 0) {
      return { kind: 'problematic', reason: 'token transfers do not support post-conditions' };
    }
    if (payload.kind === 'smart_contract' && contracts.has(`${sender}.${payload.name}`)) {
      return { kind: 'problematic', reason: `contract ${sender}.${payload.name} exists already` };
    }
    if (payload.kind === 'unsupported' || rest.sponsored)
      return { kind: 'problematic', reason: 'kind of transaction not supported' };
    return undefined;
  }

  #execute(transaction: Transaction): VmOutcome {
    const { vm, contracts, epoch } = this.#deps;
    const { payload, sender } = transaction;
    switch (payload.kind) {
      case 'token_transfer': {
        const outcome = vm.transfer(sender, payload.recipient, payload.amount);
        return outcome.kind === 'value' ? { ...outcome, events: outcome.events.map(withMemo(payload.memo)) } : outcome;
      }
      case 'contract_call': {
        const abi = contracts.get(payload.contract)?.abi.functions.find(({ name }) => name === payload.functionName);
        // It was there when the transaction was admitted; a reorganisation can have taken it back.
        if (abi === undefined) return { kind: 'runtime-error', message: `NoSuchContract("${payload.contract}")` };
        return vm.call({ sender, contract: payload.contract, abi, args: payload.args });
      }
      case 'smart_contract': {
        this.#closed = true;
        const outcome = vm.deploy(
          sender,
          payload.name,
          payload.source,
          payload.clarityVersion ?? CLARITY_VERSIONS[epoch],
        );
        return outcome.kind === 'value' ? { ...outcome, result: OK_TRUE } : outcome;
      }
      case 'unsupported':
        throw new CorruptionError(`expected a supported transaction, was ${payload.type}`);
    }
  }

  #receiptOf(transaction: Transaction, outcome: VmOutcome): Receipt {
    if (outcome.kind === 'runtime-error') {
      return { status: 'abort_by_response', result: ERR_NONE, vmError: outcome.message, events: [] };
    }
    const { result, events } = outcome;
    if (isErr(result)) return { status: 'abort_by_response', result, vmError: null, events: [] };
    if (transaction.payload.kind !== 'token_transfer') {
      const { sender: origin, mode, postConditions: conditions } = transaction;
      const failure = postConditionFailure({ origin, mode, conditions, events });
      if (failure !== undefined) return { status: 'abort_by_post_condition', result, vmError: failure, events: [] };
    }
    return { status: 'success', result, vmError: null, events };
  }

  #recordContract(transaction: Transaction): void {
    const { vm, contracts, epoch } = this.#deps;
    const { payload, txid } = transaction;
    if (payload.kind !== 'smart_contract') return;
    const clarityVersion = payload.clarityVersion ?? CLARITY_VERSIONS[epoch];
    const id = deployedContract(transaction, payload.name);
    const abi = vm.contractInterface(id) ?? emptyInterface(epoch, clarityVersion);
    contracts.set(id, { id, txid, height: vm.height - 1, source: payload.source, abi });
  }

  #takeSnapshot(): void {
    this.#deps.vm.snapshot();
    this.#hasSnapshot = true;
    this.#sinceSnapshot = [];
  }

  #rollBack(): void {
    this.#deps.vm.restore();
    for (const redo of this.#sinceSnapshot) redo();
  }
}

const withMemo =
  (memo: string) =>
  (event: VmEvent): VmEvent =>
    event.kind === 'stx' ? { ...event, memo } : event;
