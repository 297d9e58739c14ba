import { actors } from '../support/simnet.ts';

const { owner, alice, bob, carol, dave, operator, rival, meter } = actors;

/**
 * Who plays. Everyone owns STX but the poor one, the rich one more than an account holds; `stranger` never registers; `operator` and `rival` may be anyone's
 * operators, prosumers too.
 */
export const cast = {
  owner,
  prosumers: [alice, bob, carol],
  poor: carol,
  rich: rival,
  operators: [operator, rival],
  meter,
  stranger: dave,
  everyone: Object.values(actors),
} as const;
