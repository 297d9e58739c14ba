export { default } from './strategy.ts';
