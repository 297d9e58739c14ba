import type { Height, Principal, Wh } from '../../core/index.ts';
import { consult } from '../guard.ts';
import type { Intent, PlannedIntent } from '../intent.ts';
import { assess, worstCost } from '../risk/index.ts';
import type { AccountFacts } from './account-view.ts';
import { accountCarrier, carrierOf, laneOf } from './carrier.ts';
import type { RunTurnDeps } from './deps.ts';
import { Desk } from './desk.ts';
import type { Seat, TurnEngine } from './engine.ts';
import { AccountExposure } from './exposure.ts';
import type { TurnRequest } from './request.ts';
import type { Bench, DecidedTurn, Decision, TurnResult } from './result.ts';
import { type Scene, TurnRiskContext } from './risk-context.ts';
import { pickOrder } from './rotation.ts';
import { summarise } from './summary.ts';
import { TurnView } from './turn-view.ts';

/** One turn, and the market and the accounts as it saw them. Pure: equal arguments give an equal result. */
export function runTurn(deps: RunTurnDeps, request: TurnRequest): TurnResult {
  const desk = new Desk(deps, request);
  const decided = decide(deps, desk, request);
  return { turn: request.turn, height: request.height, ...decided, summary: summarise(deps, desk, request) };
}

/** What `runTurn` decides, without its summary, which takes as long as a turn of few accounts. */
export function decideTurn(deps: RunTurnDeps, request: TurnRequest): DecidedTurn {
  return decide(deps, new Desk(deps, request), request);
}

/**
 * One pass over all accounts: each in its place sees the market less what those before it took, its strategy decides, and
 * risk judges every intent, counting what unconfirmed and earlier ones already use. An account that is not registered is
 * not asked.
 */
function decide(deps: RunTurnDeps, desk: Desk, request: TurnRequest): DecidedTurn {
  const { engine, market, onStrategy } = deps;
  const targets = targetsOf(request);
  const scene: Scene = { desk, request, market };
  const faults: Bench[] = [];
  const decisions: Decision[] = [];
  const allowed: PlannedIntent[] = [];

  for (const place of pickOrder(engine.seats.length, { seed: engine.seed, turn: request.turn })) {
    const seat = engine.seats[place] as Seat;
    const seated = engine.strategies[seat.strategy];
    if (seated === undefined || isBenched(seated.reference, deps, faults)) continue;
    const facts = factsOf(deps, { place, strategy: seated.reference, desk, targets, height: request.height });
    if (facts === null) continue;

    const view = new TurnView(facts, scene);
    onStrategy?.(seat.strategy);
    const answer = consult(seated, { view, parameters: seat.parameters });
    onStrategy?.(-1);
    TurnView.close(view);
    if (answer.kind === 'fault') {
      faults.push({ strategy: seated.reference, account: seat.principal, reason: answer.error.message });
      continue;
    }

    if (answer.intents.length === 0) continue;
    const usual = new TurnRiskContext(facts, scene);
    for (const intent of answer.intents) {
      const carrier = carrierOf(intent, facts, desk);
      const context =
        carrier === facts.operator ? usual : new TurnRiskContext({ ...facts, ...laneOf(carrier, desk) }, scene);
      const verdict = assess(intent, context, seat.limits);
      decisions.push({ account: seat.principal, strategy: seated.reference, intent, verdict });
      if (verdict.kind === 'deny') continue;
      facts.exposure.allow(intent, worstCost(intent, context), request.feePerEntry);
      desk.take(intent, carrier);
      allowed.push(plan(intent, { engine, request, seat, carrier, strategy: seated.reference, count: allowed.length }));
    }
  }
  return { decisions, allowed, benched: faults };
}

const NO_TARGETS: ReadonlyMap<Principal, Wh> = new Map();

const targetsOf = ({ targets }: TurnRequest): ReadonlyMap<Principal, Wh> =>
  targets === undefined ? NO_TARGETS : new Map(targets.map(({ account, targetWh }) => [account, targetWh]));

/** Whether a strategy is not asked: since before the turn, or since it misbehaved in it. */
function isBenched(reference: string, { benched }: RunTurnDeps, faults: readonly Bench[]): boolean {
  return benched?.has(reference) === true || faults.some(({ strategy }) => strategy === reference);
}

function plan(
  intent: Intent,
  origin: {
    readonly engine: TurnEngine;
    readonly request: TurnRequest;
    readonly seat: Seat;
    readonly carrier: Principal;
    readonly strategy: string;
    readonly count: number;
  },
): PlannedIntent {
  const { engine, request, seat, carrier, strategy, count } = origin;
  return {
    id: `${engine.run}-${request.turn}-${count + 1}`,
    account: seat.principal,
    operator: carrier,
    strategy,
    turn: request.turn,
    height: request.height,
    intent,
  };
}

function factsOf(
  { engine, market }: RunTurnDeps,
  {
    place,
    strategy,
    desk,
    targets,
    height,
  }: {
    readonly height: Height;
    /** Of the account's seat. */
    readonly place: number;
    readonly strategy: string;
    readonly desk: Desk;
    readonly targets: ReadonlyMap<Principal, Wh>;
  },
): AccountFacts | null {
  const seat = engine.seats[place] as Seat;
  const { principal } = seat;
  const record = market.prosumer(principal);
  if (record === null) return null;
  const operator = accountCarrier(seat, { desk, market, height });
  return {
    seat,
    strategy,
    record,
    operator,
    lane: desk.lane(operator),
    delegation: operator === principal ? null : market.delegation(principal, operator),
    exposure: new AccountExposure(desk.day(principal, place), desk.openIntents(principal)),
    targetWh: targets.get(principal) ?? seat.targetWh,
  };
}
