import {
  createExecution,
  type Execution,
  type ExecutionConfig,
  type ExecutionDependencies,
  type LedgerPort,
  type QueueWorker,
} from '../../src/execution/index.ts';
import { defaultConfig, type World } from './execution-world.ts';

/** Verbs at which a process can die, by the port that has them. */
export interface Steps {
  readonly ledger?: readonly string[];
  readonly lease?: readonly string[];
  readonly lane?: readonly string[];
  readonly signer?: readonly string[];
  readonly queue?: readonly string[];
  readonly chain?: readonly string[];
}

export interface MortalOptions {
  readonly steps: Steps;
  /** Asked before and after every step; whether the process dies there: with nothing done, or with all done but the answer. */
  readonly diesAt: (step: string, phase: 'before' | 'after') => boolean;
  readonly config?: Partial<ExecutionConfig>;
}

export interface Mortal {
  readonly execution: Execution;
  isDead(): boolean;
  /** Lets go of what a real death would take with it. */
  bury(): Promise<void>;
}

class Killed extends Error {}

/** A process on the world's ledger, queue and chain that dies at a step; nothing follows. */
export function mortal(world: World, { steps, diesAt, config = {} }: MortalOptions): Mortal {
  let dead = false;
  const workers: QueueWorker[] = [];

  function visit(step: string, phase: 'before' | 'after'): void {
    if (dead) throw new Killed();
    dead = diesAt(step, phase);
    if (dead) throw new Killed();
  }

  const wrap = <Port extends object>(port: Port, counted: readonly string[] = []): Port =>
    new Proxy(port, {
      get(target, name) {
        const member = Reflect.get(target, name, target);
        if (typeof member !== 'function') return member;
        const step = String(name);
        return async (...parameters: unknown[]) => {
          if (dead) throw new Killed();
          if (counted.includes(step)) visit(step, 'before');
          const answer = await Reflect.apply(member, target, parameters);
          if (name === 'consume') workers.push(answer);
          if (counted.includes(step)) visit(step, 'after');
          return answer;
        };
      },
    });

  const { clock, log } = world;
  const ledger: LedgerPort = {
    ...wrap(world.ledger),
    acquireLanes: async (parameters) => {
      const lease = await world.ledger.acquireLanes(parameters);
      return lease && wrap({ ...lease, lanes: lease.lanes.map((lane) => wrap(lane, steps.lane)) }, steps.lease);
    },
  };
  const deps: ExecutionDependencies = {
    ledger: wrap(ledger, steps.ledger),
    signer: wrap(world.signer, steps.signer),
    queue: wrap(world.queue, steps.queue),
    chain: wrap(world.port, steps.chain),
    clock,
    log,
  };
  return {
    execution: createExecution(deps, { ...defaultConfig, ...config }),
    isDead: () => dead,
    async bury() {
      dead = true;
      for (const worker of workers) await worker.stop({ deadlineMs: 500 });
    },
  };
}
