export { forkSource, SOURCE_RUNNER } from './fork-source.ts';
export { loadSource } from './load-source.ts';
