export type { BotEvent, BotListener } from './bot/bot-event.ts';
export { startDemo } from './demo/start-demo.ts';
export { examine } from './doctor/examine.ts';
export type { Finding } from './doctor/finding.ts';
export type { OpenRunRecorder } from './recording/run-recorder.ts';
export type { RunReport } from './report/run-report.ts';
export { createServiceLog } from './service-log.ts';
export { startService } from './start-service.ts';
