import type { Simnet } from '@hirosystems/clarinet-sdk';
import { loadWasm, type WasmModule } from '../../src/devnet/vm/wasm-module.ts';

/** Chains start at the same time in every run. */
const START_TIME = Date.UTC(2026, 0, 1);

type Sdk = typeof import('@hirosystems/clarinet-sdk');

/**
 * Loads the SDK so that its memory can be copied out and back in. Its results are never handed to the garbage collector:
 * what is freed after a restore would be memory that belongs to something else by then. The restore frees them.
 */
async function loadSdk(): Promise<{ sdk: Sdk; memory: WasmModule['memory'] }> {
  const { FinalizationRegistry: original } = globalThis;
  Object.assign(globalThis, { FinalizationRegistry: undefined });
  try {
    const { memory } = loadWasm(START_TIME);
    return { sdk: await import('@hirosystems/clarinet-sdk'), memory };
  } finally {
    Object.assign(globalThis, { FinalizationRegistry: original });
  }
}

let loaded: ReturnType<typeof loadSdk> | undefined;
const simnets = new Map<string, Simnet>();
const snapshots = new Map<string, Uint8Array>();

export interface OpenSimnetOptions {
  /** Chains of the same name are opened alike. */
  readonly name: string;
  /** Count reads and writes; several times slower. */
  readonly costs: boolean;
  readonly prepare: (simnet: Simnet) => void;
}

/**
 * A new chain, prepared; any earlier one of this process is gone. The first of a name is made, the others are a copy of
 * its memory, some ten times faster.
 */
export async function openSimnet({ name, costs, prepare }: OpenSimnetOptions): Promise<Simnet> {
  loaded ??= loadSdk();
  const { sdk, memory } = await loaded;
  let simnet = simnets.get(String(costs));
  if (simnet === undefined) {
    simnet = await sdk.getSDK({ trackCosts: costs, trackCoverage: false });
    simnets.set(String(costs), simnet);
    // No copy from before knows of this one.
    snapshots.clear();
  }
  const key = `${name} ${costs}`;
  const snapshot = snapshots.get(key);
  // The allocator of a smaller copy would not know of what the memory has grown by, and grow it each time.
  if (snapshot?.length === memory.buffer.byteLength) new Uint8Array(memory.buffer).set(snapshot);
  else {
    await simnet.initEmptySession({ enabled: false });
    prepare(simnet);
    snapshots.set(key, new Uint8Array(memory.buffer).slice());
  }
  return simnet;
}
