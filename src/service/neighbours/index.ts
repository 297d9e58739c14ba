export { NEEDY_HOME } from './model/home.ts';
export { homeNames, type NeighbourOptions } from './options.ts';
export { type NeighboursProcess, type SpawnNeighboursOptions, spawnNeighbours } from './spawn-neighbours.ts';
