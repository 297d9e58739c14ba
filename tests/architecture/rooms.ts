/**
 * Who may import whom: the one place where this is written. A room is a folder; the longest matching prefix names a
 * file's room. `tests` may import anything.
 */
export interface Room {
  readonly mayImport: readonly string[];
  /** Rooms without any ambient clock, randomness, environment or timer. */
  readonly pure?: true;
}

/** All that the composition may put together. */
const innerRooms = [
  'src/core',
  'src/launch',
  'src/contract',
  'src/market',
  'src/trading',
  'src/trading/host',
  'src/execution',
  'src/execution/ports',
  'src/chain',
  'src/storage',
  'src/signer',
];

export const rooms: Readonly<Record<string, Room>> = {
  'src/core': { mayImport: [], pure: true },
  // How a source comes to run: in this process, a thread, or a process of its own.
  'src/launch': { mayImport: [] },
  'src/contract': { mayImport: ['src/core'], pure: true },
  'src/contract/generate': { mayImport: ['src/contract', 'src/core'] },
  'src/market': { mayImport: ['src/contract', 'src/core'], pure: true },
  'src/trading': { mayImport: ['src/market', 'src/contract', 'src/core'], pure: true },
  // The host keeps the deadline of a turn and loads strategies from disk; what runs inside the worker stays pure.
  'src/trading/host': { mayImport: ['src/trading', 'src/market', 'src/contract', 'src/launch', 'src/core'] },
  'src/execution': { mayImport: ['src/execution/ports', 'src/trading', 'src/market', 'src/contract', 'src/core'] },
  'src/chain': { mayImport: ['src/execution/ports', 'src/contract', 'src/core'] },
  'src/storage': { mayImport: ['src/execution/ports', 'src/contract', 'src/core'] },
  'src/signer': { mayImport: ['src/execution/ports', 'src/contract', 'src/launch', 'src/core'] },
  'src/execution/ports': { mayImport: ['src/trading', 'src/contract', 'src/core'] },
  'src/devnet': { mayImport: ['src/contract', 'src/launch', 'src/core'] },
  'src/service': { mayImport: [...innerRooms, 'src/devnet/spawn-devnet.ts'] },
  'src/cli': {
    mayImport: [
      ...innerRooms,
      'src/service',
      'src/devnet',
      'backtest/audit',
      'backtest/bound',
      'backtest/optimize',
      'backtest/replay',
      'backtest/driver',
      'backtest/venue',
      'backtest/market',
      'backtest/data',
      'strategies',
    ],
  },
  'backtest/bound': {
    mayImport: ['backtest/driver', 'backtest/data', 'src/execution', 'src/trading', 'src/contract', 'src/core'],
    pure: true,
  },
  'backtest/audit': {
    mayImport: ['backtest/driver', 'backtest/data', 'src/trading', 'src/market', 'src/contract', 'src/core'],
    pure: true,
  },
  'backtest/replay': {
    mayImport: [
      'backtest/driver',
      'backtest/venue',
      'backtest/market',
      'backtest/data',
      'src/execution',
      'src/trading',
      'src/trading/host',
      'src/market',
      'src/contract',
      'src/core',
    ],
    pure: true,
  },
  'backtest/optimize': {
    mayImport: ['backtest/driver', 'backtest/data', 'src/trading', 'src/core'],
    pure: true,
  },
  'backtest/venue': {
    mayImport: ['backtest/market', 'backtest/data', 'src/trading', 'src/market', 'src/contract', 'src/core'],
    pure: true,
  },
  'backtest/driver': {
    mayImport: [
      'backtest/venue',
      'backtest/market',
      'backtest/data',
      'src/execution',
      'src/trading',
      'src/market',
      'src/contract',
      'src/core',
    ],
    pure: true,
  },
  'backtest/market': { mayImport: ['backtest/data', 'src/market', 'src/contract', 'src/core'], pure: true },
  'backtest/data': { mayImport: ['src/market', 'src/contract', 'src/core'], pure: true },
  strategies: { mayImport: ['src/core'], pure: true },
};

/** The room of a file: the longest room name that is a path prefix of it. */
export function roomOf(file: string): string | null {
  const names = Object.keys(rooms).filter((name) => file === name || file.startsWith(`${name}/`));
  return names.sort((a, b) => b.length - a.length)[0] ?? null;
}

/** Whether a file of `from` may import `target` (a file, or the published `wattmaker/strategy`). */
export function mayImport(from: string, target: string): boolean {
  if (target === 'wattmaker/strategy') return from.startsWith('strategies') || from.startsWith('src/cli');
  const room = roomOf(from);
  const targetRoom = roomOf(target);
  if (room === null) return false;
  if (room === targetRoom) return !(room === 'strategies') || sameStrategy(from, target);
  const allowed = rooms[room]?.mayImport ?? [];
  return allowed.some((name) => target === name || (targetRoom !== null && targetRoom === name));
}

const sameStrategy = (from: string, target: string): boolean => from.split('/')[1] === target.split('/')[1];
