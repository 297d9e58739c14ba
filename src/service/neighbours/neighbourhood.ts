import { type Height, type Principal, principal, type TradeId } from '../../core/index.ts';
import type { ChainPort } from '../../execution/ports/chain.ts';
import type { SignerPort } from '../../execution/ports/signer.ts';
import { applyUpdate, type MarketState, present, type Timeline } from '../../market/index.ts';
import { createFollower } from '../follower/index.ts';
import { type Actor, homeActor, meterActor, ownerActor, type Scene } from './actor.ts';
import { createLane, type LaneDeps, type Outcome } from './lane.ts';
import { createHomes, NEEDY_HOME, SURPLUS_HOME } from './model/home.ts';
import type { World } from './model/world.ts';
import type { MarketGlance } from './plan/market-glance.ts';

export interface Person {
  readonly name: string;
  readonly address: Principal;
}

/** Who takes part. */
export interface Cast {
  readonly owner: Person;
  readonly homes: readonly Person[];
  /** The bot's client with energy to spare: only its meter is played here. */
  readonly surplus: Person;
  /** The bot's client in need: only its meter is played here. */
  readonly need: Person;
}

export interface NeighbourhoodDeps {
  readonly chain: ChainPort;
  /** Signs for everyone of the cast. */
  readonly signer: SignerPort;
  readonly feeOf: LaneDeps['feeOf'];
  readonly report: (outcome: Outcome) => void;
}

export interface NeighbourhoodOptions {
  readonly contractId: string;
  readonly world: World;
  readonly cast: Cast;
}

export interface Neighbourhood {
  /**
   * Looks at the chain; in a new block everyone does what it does then. A block is a slot, whatever its height.
   *
   * @returns the height, or null where nothing was new.
   * @throws TransientError when the chain gave no answer: the next tick goes on from there.
   */
  tick(): Promise<Height | null>;
}

/** A neighbourhood that knows nothing but what it reads from the chain, so that it can be stopped and started at will. */
export function createNeighbourhood(deps: NeighbourhoodDeps, options: NeighbourhoodOptions): Neighbourhood {
  const { chain } = deps;
  const { world, cast, contractId } = options;
  const actors = createActors(deps, options);
  const lanes = actors.map(({ lane }) => lane);
  const follower = createFollower({
    chain,
    owner: principal(contractId.split('.')[0] ?? ''),
    prosumers: [...cast.homes, cast.surplus, cast.need].map(({ address }) => address),
    delegations: [],
  });
  let timeline: Timeline | null = null;
  let actedAt: Height | null = null;
  let seen: ReadonlyMap<TradeId, Height> = new Map();

  function glance({ energyPrice, openOffers }: MarketState, height: Height): MarketGlance {
    const offers = openOffers.map((offer) => ({ ...offer, seenAt: seen.get(offer.id) ?? height }));
    seen = new Map(offers.map(({ id, seenAt }) => [id, seenAt]));
    return { height, energyPrice, offers };
  }

  async function settleAll(height: Height): Promise<void> {
    const ids = lanes.flatMap((lane) => lane.pending());
    if (ids.length === 0) return;
    const statuses = await chain.transactions(ids);
    await Promise.all(lanes.map((lane) => lane.settle(statuses, height)));
  }

  async function turn({ lane, act }: Actor, scene: Scene): Promise<void> {
    if (await lane.isReady()) await lane.send(act(scene), scene.market.height);
  }

  return {
    async tick() {
      const update = await follower.poll();
      timeline = applyUpdate(timeline, update);
      const { height } = update;
      if (update.kind === 'lagging' || height === actedAt) return null;
      await settleAll(height);
      actedAt = height;
      const { state } = present(timeline);
      const scene: Scene = { world, state, market: glance(state, height), slot: height };
      const turns = await Promise.allSettled(actors.map((actor) => turn(actor, scene)));
      for (const result of turns) if (result.status === 'rejected') throw result.reason;
      return height;
    },
  };
}

function createActors(deps: NeighbourhoodDeps, { world, cast }: NeighbourhoodOptions): readonly Actor[] {
  const homes = createHomes(world, cast.homes.length);
  return [
    ownerActor(createLane(deps, cast.owner)),
    meterActor(createLane(deps, cast.surplus), SURPLUS_HOME),
    meterActor(createLane(deps, cast.need), NEEDY_HOME),
    ...homes.flatMap((home) => {
      const person = cast.homes[home.index];
      return person === undefined ? [] : [homeActor(createLane(deps, person), home)];
    }),
  ];
}
