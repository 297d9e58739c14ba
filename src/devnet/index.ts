export type { FaultLine } from './faults/faults.ts';
export type { ScheduleInput as FaultSchedule } from './faults/schedule.ts';
export { EPOCHS, type Epoch } from './genesis.ts';
export { DEFAULT_BLOCK_INTERVAL_MS, DEFAULT_PORT, type DevnetOptions } from './options.ts';
export { type DevnetProcess, spawnDevnet } from './spawn-devnet.ts';
