// A worker thread does not inherit the loader that runs TypeScript, so it registers its own before the real entry.
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

register();
await import(workerData.entry);
