#!/usr/bin/env node
// TypeScript runs through tsx; Node 20 loads no .ts by itself.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
