export { forkSource, SOURCE_RUNNER } from './fork-source.ts';
export { loadSource, prepareToLoad } from './load-source.ts';
export { startThread } from './start-thread.ts';
