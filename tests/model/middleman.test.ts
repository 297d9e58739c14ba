import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gridFunctions } from '../../src/contract/abi.generated.ts';
import { encodeCall, reads } from '../../src/contract/index.ts';
import { height, type Principal } from '../../src/core/index.ts';
import { type AbiType, clarityTypeText } from '../../src/devnet/vm/abi.ts';
import { contractId, epochs } from '../support/simnet.ts';
import { cast } from './cast.ts';
import { everyPair, idsUpToNext, parts } from './compare.ts';
import { inhabit } from './history.ts';
import { ModelScene } from './model-scene.ts';
import type { Act } from './move.ts';
import { moves } from './moves/index.ts';
import { openStage, perform, type Stage } from './stage.ts';

const publicFunctions = gridFunctions.filter(({ access }) => access === 'public');
type Call = Extract<Act, { call: unknown }>;

/** A contract that its user is talked into calling: it passes every public function on and hopes to act as the user. */
const middleman = publicFunctions
  .map(({ name, args }) => {
    const declared = args.map((arg) => `(${arg.name} ${clarityTypeText(arg.type as AbiType)})`).join(' ');
    const passed = args.map((arg) => arg.name).join(' ');
    const call = `(contract-call? '${contractId} ${name} ${passed})`;
    return `(define-public (${name} ${declared}) (match ${call} value (ok true) code (err code)))`;
  })
  .join('\n');

const DICE = { seed: 20_261_127, numRuns: 200 };
/** Blocks that the calls through the middleman take before the user's own. */
const PATIENCE = 3;

/** A call of the function that changes something for whoever has the right to it, with the acts that lead to it. */
function rightfulCall(stage: Stage, functionName: string): readonly [...Act[], Call] {
  for (const move of moves.filter(({ name }) => name.includes(': ok'))) {
    for (const dice of fc.sample(move.dice, DICE)) {
      const acts = move.bind(stage, dice);
      const last = acts?.at(-1);
      if (!acts || !last || !('call' in last)) break;
      if (encodeCall(last.call).functionName !== functionName) break;
      const scene = new ModelScene(stage);
      const answers = acts.slice(0, -1).map((act) => scene.act(act));
      scene.height = height(scene.height + PATIENCE);
      const before = scene.state.sequence;
      answers.push(scene.act(last));
      const allWell = answers.every(({ outcome }) => outcome === 'ok');
      if (allWell && scene.state.sequence > before) return [...acts.slice(0, -1), last];
    }
  }
  throw new Error(`expected a move that calls ${functionName} with success, was none`);
}

/** All that anybody has, the contract in the middle left out. */
function belongings({ grid }: Stage, inTheMiddle: Principal) {
  const lastTradeId = grid.read(reads.market()).lastTradeId;
  const ids = idsUpToNext({ state: { lastTradeId } } as Stage);
  return {
    prosumers: grid.read(reads.prosumers(cast.everyone)),
    balances: cast.everyone.map((account) => grid.balance(account)),
    delegations: [...parts(everyPair)].flatMap((pairs) => grid.read(reads.delegations(pairs))),
    trades: [...parts(ids)]
      .flatMap((part) => grid.read(reads.trades(part)))
      .filter((trade) => trade !== null && trade.seller !== inTheMiddle),
    energyPrice: grid.read(reads.energyPrice()),
    metersRequired: grid.read(reads.market()).metersRequired,
  };
}

describe.each(epochs)('a contract in the middle, in epoch %s', (epoch) => {
  it.each(publicFunctions.map(({ name }) => name))('cannot use its user’s right to %s', async (functionName) => {
    const stage = await openStage(epoch);
    const contract = stage.grid.deploy('middleman', middleman);
    stage.height = stage.grid.nextHeight();
    inhabit(stage);
    const acts = rightfulCall(stage, functionName);
    const { caller, call } = acts.at(-1) as Call;
    for (const act of acts.slice(0, -1)) perform(stage, act);
    const { functionArgs } = encodeCall(call);
    const before = belongings(stage, contract);

    const itself = new ModelScene(stage);
    const through = (asked: Call['call'], args: typeof functionArgs): void => {
      const { result } = stage.grid.callThrough(caller, contract, encodeCall(asked).functionName, args);
      const { outcome } = itself.act({ caller: contract, call: asked });
      // Only who signed can send STX, so the contract's own are out of its reach this way.
      const expected =
        asked.kind === 'addFunds' && itself.state.prosumers.has(contract) ? 'transferNotSender' : outcome;
      expect(result.ok ? 'ok' : (result.error ?? `u${result.code}`)).toBe(expected);
      expect(belongings(stage, contract)).toEqual(before);
    };
    // First as a stranger to the grid, then as a prosumer of its own: it is answered as the contract that it is.
    through(call, functionArgs);
    through({ kind: 'registerProsumer' }, []);
    through(call, functionArgs);

    // The right was there: the user's own call succeeds, with the same arguments.
    expect(stage.grid.call(caller, call).events.length).toBeGreaterThan(0);
  });
});
