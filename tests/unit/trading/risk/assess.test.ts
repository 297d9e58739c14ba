import { describe, expect, it } from 'vitest';
import { createTurnEngine, type Denial, type RiskCode, riskCodes, runTurn } from '../../../../src/trading/index.ts';
import { listOf, sceneAccount, sceneMarket, turnRequest } from '../../../support/turn-scene.ts';
import { limitCases } from './limit-cases.ts';
import { offerCases } from './offer-cases.ts';
import { me, type RiskCase } from './risk-case.ts';

const cases = [...offerCases, ...limitCases];

/** Offers 1 and 2 are a neighbour's, 1,000 Wh at 90 each; offer 3 is the account's own, 100 Wh at 95. */
const offers = [
  { id: 1, amount: 1_000, price: 90 },
  { id: 2, amount: 1_000, price: 90 },
  { id: 3, amount: 100, price: 95, seller: me },
];

function lastVerdict({
  intents,
  market,
  request,
  limits = {},
  account,
  allowOwnTrades = false,
}: RiskCase): Denial | null {
  const strategy = {
    apiVersion: 1,
    name: 'test',
    description: 'A test.',
    parameters: {},
    decide: () => intents,
  } as const;
  const accounts = [sceneAccount(0, { limits, ...account }), sceneAccount(1)];
  const engine = createTurnEngine(new Map([['test', strategy]]), { run: 'r', seed: 1, accounts, allowOwnTrades });
  // In this turn account 0 is first, so what account 1 asks for does not touch it.
  const result = runTurn(
    { engine, market: sceneMarket({ offers, ...market }) },
    turnRequest({ turn: firstTurn, ...request }),
  );
  const verdicts = result.decisions.filter((decision) => decision.account === me).map(({ verdict }) => verdict);
  expect(verdicts).toHaveLength(intents.length);
  expect(verdicts.slice(0, -1).every(({ kind }) => kind === 'allow')).toBe(true);
  const last = verdicts.at(-1);
  return last?.kind === 'deny' ? last : null;
}

const firstTurn = [0, 1].find((turn) => {
  const accounts = [sceneAccount(0), sceneAccount(1)];
  const strategy = {
    apiVersion: 1,
    name: 'test',
    description: 'A test.',
    parameters: {},
    decide: () => [listOf(1, 90)],
  } as const;
  const engine = createTurnEngine(new Map([['test', strategy]]), { run: 'r', seed: 1, accounts });
  return runTurn({ engine, market: sceneMarket() }, turnRequest({ turn })).decisions[0]?.account === me;
}) as number;

describe('risk', () => {
  it.each(cases)('$name', (example) => {
    const denial = lastVerdict(example);
    const [code, limit, actual] = example.denial ?? [];
    expect(denial).toEqual(example.denial === null ? null : { kind: 'deny', code, limit, actual });
  });

  it('behavior: every code is reached by an example and has a sentence', () => {
    const reached = new Set(cases.map(({ denial }) => denial?.[0]));
    expect(Object.keys(riskCodes).filter((code) => !reached.has(code as RiskCode))).toEqual([]);
    for (const [code, sentence] of Object.entries(riskCodes)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
      expect(sentence).toMatch(/^[A-Z].*\.$/);
    }
  });
});
