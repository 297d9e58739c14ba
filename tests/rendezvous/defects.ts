import { type Change, contractChange } from '../mutation/change.ts';
import { type Mutant, mutants } from '../mutation/mutants.ts';

const own: readonly Mutant[] = [
  {
    what: 'withdrawn funds are not paid out',
    inside: '(define-public (withdraw-funds ',
    find: '(try! (as-contract? ((with-stx amount)) (try! (stx-transfer? amount current-contract recipient))))',
    replace: '',
  },
  {
    what: 'a cancel is no event',
    inside: '(define-private (cancel-offer\n',
    find: '(append-event log (to-consensus-buff? event))',
    replace: '',
  },
];

/** One or more against each of C1 to C8, by their words in the mutation check. */
const chosen = [
  'funds are credited without a transfer',
  'withdrawn funds stay in the total',
  'the buyer pays nothing',
  'added energy is not in the grid',
  'the escrow is forgotten',
  'the energy stays with the seller',
  'the energy of a seller is not checked',
  'whether the trade is open is not checked',
  'the trade keeps its seller as buyer',
  'the bitmap is not told of a listing',
  'buying does not run the grant down',
  'a cancel gives energy back to any grant',
  'grants share a number',
  'anyone sets the price',
];

/** Changes of the contract that Rendezvous has to notice. */
export const defects: readonly Change[] = [
  ...own.map(contractChange),
  ...chosen.map((what) => {
    const mutant = mutants.find((one) => one.what === what);
    if (mutant === undefined) throw new Error(`expected tests/mutation/mutants.ts to have "${what}"`);
    return contractChange(mutant);
  }),
];
