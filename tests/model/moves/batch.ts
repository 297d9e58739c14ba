import fc from 'fast-check';
import { type Move, move, type UnequalBatch } from '../move.ts';
import { someone } from './draw.ts';

/** What every batch answers as a whole: lists of different lengths. */
export function unequalMove(kind: UnequalBatch['kind'], lists: number): Move {
  return move({
    name: `${kind}: listLengthsDiffer`,
    expects: 'listLengthsDiffer',
    dice: fc.record({ caller: someone, length: fc.nat(4), odd: fc.nat(lists - 1), by: fc.constantFrom(-1, 1) }),
    bind({ height }, { caller, length, odd, by }) {
      const lengths = Array.from({ length: lists }, (_, list) => length + 1 + (list === odd ? by : 0));
      return [{ caller, unequal: { kind, validUntil: BigInt(height), lengths } }];
    },
  });
}
