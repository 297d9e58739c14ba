import { createRequire } from 'node:module';
import { CorruptionError } from '../../core/index.ts';

/** The part of the SDK's WebAssembly classes that the embedded chain uses. Each result must be freed before a restore. */
export interface RawSdk {
  /** Where the session lies in the memory. */
  readonly __wbg_ptr: number;
  readonly blockHeight: number;
  readonly burnBlockHeight: number;
  initEmptySession(settings: { enabled: boolean; api_url: string; initial_height: number | null }): Promise<void>;
  setEpoch(epoch: string): void;
  getBlockTime(): bigint;
  mintSTX(recipient: string, amount: bigint): string;
  execute(snippet: string): RawResult;
  executeCommand(command: string): string;
  callReadOnlyFn(args: Freeable): RawResult;
  deployContract(args: Freeable): RawResult;
  mineEmptyStacksBlock(): number;
  mineEmptyStacksBlocks(count: number): number;
  getDataVar(contract: string, name: string): string;
  getMapEntry(contract: string, map: string, key: Uint8Array): string;
  getContractsInterfaces(): Map<string, unknown>;
  getAssetsMap(): Map<string, Map<string, bigint>>;
}

export interface Freeable {
  free(): void;
}

export interface RawResult extends Freeable {
  readonly result: string;
  readonly events: string;
}

interface RawModule {
  readonly SDK: new (fileRequest: () => never, options: Freeable) => RawSdk;
  readonly SDKOptions: new (trackCosts: boolean, trackCoverage: boolean, trackPerformance: boolean) => Freeable;
  readonly CallFnArgs: new (contract: string, method: string, args: Uint8Array[], sender: string) => Freeable;
  readonly ContractOptions: new (clarityVersion?: number) => Freeable;
  readonly DeployContractArgs: new (name: string, source: string, options: Freeable, sender: string) => Freeable;
}

export interface WasmModule {
  /** Tells apart whatever lays out its memory differently. */
  readonly build: string;
  readonly raw: RawModule;
  readonly memory: WasmMemory;
}

interface WasmExports {
  readonly memory: WasmMemory;
  readonly __wbindgen_free: (pointer: number, length: number, align: number) => void;
  readonly __externref_table_alloc: () => number;
  readonly __externref_table_dealloc: (index: number) => void;
}

/** `WebAssembly.Memory`, which the compiler's ECMAScript library does not know. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
  /** By so many pages of 64 KiB. */
  grow(pages: number): void;
}

interface WasmInstance {
  readonly exports: unknown;
}

const engine = (
  globalThis as unknown as { WebAssembly: { Instance: new (module: unknown, imports: Imports) => WasmInstance } }
).WebAssembly;

type Imports = Record<string, Record<string, (...values: never[]) => unknown>>;

/** References to JavaScript objects that one call may hold at once; reserved up front, since their table must not grow between a snapshot and its restore. */
const RESERVED_REFERENCES = 65_536;

let loaded: WasmModule | undefined;

/**
 * Loads the SDK's WebAssembly module once per process, with three changes that its own API does not offer: its memory
 * is reachable (snapshots), its clock stands at `startTime` (so that a replay is exact), and it writes nothing to
 * stdout or stderr. The clock is the first caller's: one process runs one chain.
 */
export function loadWasm(startTime: number): WasmModule {
  if (loaded !== undefined) return loaded;
  const sdk = createRequire(import.meta.resolve('@hirosystems/clarinet-sdk'));
  const Original = engine.Instance;
  let wasm: WasmExports | undefined;
  const exportsOf = (): WasmExports => {
    if (wasm === undefined) throw new CorruptionError('expected the simnet to be one WebAssembly instance, was none');
    return wasm;
  };
  engine.Instance = new Proxy(Original, {
    construct(target, [module, imports]: [unknown, Imports]) {
      const instance = new target(module, tamed(imports, startTime, exportsOf));
      wasm = instance.exports as WasmExports;
      return instance;
    },
  });
  try {
    const raw = sdk('@stacks/clarinet-sdk-wasm') as RawModule;
    const { version } = sdk('@stacks/clarinet-sdk-wasm/package.json') as { readonly version: string };
    const { memory, __externref_table_alloc, __externref_table_dealloc } = exportsOf();
    const reserved = Array.from({ length: RESERVED_REFERENCES }, () => __externref_table_alloc());
    for (const index of reserved) __externref_table_dealloc(index);
    loaded = { build: `${version} ${RESERVED_REFERENCES}`, raw, memory };
    return loaded;
  } finally {
    engine.Instance = Original;
  }
}

function tamed(imports: Imports, startTime: number, exportsOf: () => WasmExports): Imports {
  const silent = (...values: number[]): void => {
    // Text comes as (pointer, length) and is the callee's to free.
    const [pointer, length] = values;
    if (pointer !== undefined && length !== undefined) exportsOf().__wbindgen_free(pointer, length, 1);
  };
  return Object.fromEntries(
    Object.entries(imports).map(([space, functions]) => [
      space,
      Object.fromEntries(
        Object.entries(functions).map(([name, original]) => {
          if (name.startsWith('__wbg_new_0_')) return [name, () => new Date(startTime)];
          if (/^__wbg_(error|log)_/.test(name)) return [name, silent as (...values: never[]) => unknown];
          return [name, original];
        }),
      ),
    ]),
  );
}
