export { DEMO_FOLDER } from './demo-folder.ts';
export { exampleConfig } from './example-config.ts';
export { loadConfig, resolveConfig, type ServiceConfig, type ServiceEnvironment } from './load-config.ts';
export { redactConfig, redactUrl } from './redact-config.ts';
export { type ConfigInput, MIN_RETENTION_DAYS } from './schema.ts';
