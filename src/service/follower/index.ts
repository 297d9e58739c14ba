export { createFollower, type Follower, type FollowerOptions } from './follower.ts';
export type { KnownEvent } from './known-events.ts';
export type { PollResult, RestartReason } from './poll-result.ts';
export { readSnapshot, type Watch } from './read-snapshot.ts';
