export type { BotEvent, BotListener } from './bot/bot-event.ts';
export {
  DEMO_FOLDER,
  exampleConfig,
  loadConfig,
  redactConfig,
  type ServiceConfig,
  type ServiceEnvironment,
} from './config/index.ts';
export { connectControl, requireControl } from './control/index.ts';
export { startDemo } from './demo/start-demo.ts';
export { examine } from './doctor/examine.ts';
export type { Finding } from './doctor/finding.ts';
export { reconcileOffline } from './reconcile-offline.ts';
export type { RunReport } from './report/run-report.ts';
export { createServiceLog } from './service-log.ts';
export { connectChain, startService } from './start-service.ts';
