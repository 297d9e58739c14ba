export { createFollower, type Follower, type FollowerOptions } from './follower.ts';
export type { PollResult, RestartReason } from './poll-result.ts';
export type { Watch } from './read-snapshot.ts';
