import { Cl } from '@stacks/transactions';
import { CorruptionError } from '../../core/index.ts';
import type { AbiFunction } from './abi.ts';
import type { ClarityVm, VmOutcome } from './clarity-vm.ts';

const TESTER = 'ST3AM1A56AK2C1XAFJ4115ZSV26EB49BVQ10MGCS0';
const DEPLOYER = 'ST1PQHQKV0RJXZFY1DGX8MNSNYVE3VGZJSRTPGZGM';
const NAME = 'wattmaker-self-test';
const SOURCE = `
(define-data-var total uint u0)
(define-public (add (n uint)) (begin (var-set total (+ (var-get total) n)) (print contract-caller) (ok (var-get total))))
(define-public (fail) (begin (var-set total u99) (ok (/ u1 u0))))
(define-read-only (get-total) (var-get total))`;

/**
 * Tries what the embedded chain needs and the SDK does not promise: calls that stay within one block, runtime errors that
 * stay within one call, the caller's identity, and snapshots. Leaves the machine as it was.
 *
 * @throws CorruptionError naming the first thing that is not so.
 */
export function selfTest(vm: ClarityVm): void {
  vm.snapshot();
  const height = vm.height;
  const expectThat = (what: string, holds: boolean): void => {
    if (holds) return;
    throw new CorruptionError(`expected the simnet to keep its ways, was different: ${what}`, {
      hints: ['Install the exact version of @hirosystems/clarinet-sdk that package-lock.json names.'],
    });
  };

  const deployed = vm.deploy(DEPLOYER, NAME, SOURCE, 4);
  expectThat('a deployment takes one block', deployed.kind === 'value' && vm.height === height + 1);
  const contract = `${DEPLOYER}.${NAME}`;
  const abi = vm.contractInterface(contract);
  const call = (name: string, ...numbers: number[]): VmOutcome => {
    const fn = abi?.functions.find((candidate) => candidate.name === name) as AbiFunction;
    const parameters = { sender: TESTER, contract, abi: fn, args: numbers.map((number) => Cl.uint(number)) };
    return fn.access === 'read_only' ? vm.read(parameters) : vm.call(parameters);
  };
  expectThat('a contract has an interface', abi !== undefined);

  const first = call('add', 2);
  const caller = `0x${Cl.serialize(Cl.principal(TESTER))}`;
  expectThat('a call answers', first.kind === 'value' && first.result === `0x${Cl.serialize(Cl.ok(Cl.uint(2)))}`);
  expectThat(
    'the caller is the sender',
    first.kind === 'value' && first.events[0]?.kind === 'print' && first.events[0].value === caller,
  );
  expectThat('a runtime error is told', call('fail').kind === 'runtime-error');
  call('add', 3);
  const total = call('get-total');
  expectThat(
    'a runtime error changes nothing',
    total.kind === 'value' && total.result === `0x${Cl.serialize(Cl.uint(5))}`,
  );
  expectThat('calls stay in their block', vm.height === height + 1);

  vm.restore();
  expectThat('a snapshot brings everything back', vm.height === height && vm.contractInterface(contract) === undefined);
}
