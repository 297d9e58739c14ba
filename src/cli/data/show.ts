import { kindOfTopic } from '../../../backtest/data/event-columns.ts';
import { columnParts, openRecording } from '../../../backtest/data/recording/open-recording.ts';
import type { Report } from '../command-io.ts';
import { describeOrigin, grouped, heightRange, recordingSummary } from './describe-recording.ts';

/** Shows what a recording is and how many events of each topic it holds. */
export function showRecording(report: Report, folder: string): void {
  const recording = openRecording(folder);
  const summary = recordingSummary(recording);
  const counts = new Map<number, number>();
  for (const { kind, length } of columnParts(recording, { reuseMemory: true })) {
    for (let row = 0; row < length; row += 1) {
      const number = kind[row] as number;
      counts.set(number, (counts.get(number) ?? 0) + 1);
    }
  }
  const topics = Object.fromEntries(Object.entries(kindOfTopic).map(([topic, kind]) => [topic, counts.get(kind) ?? 0]));
  report.line(`${summary.folder}`);
  report.line(`  of         ${describeOrigin(summary)}`);
  report.line(`  begins at  ${summary.begin}`);
  report.line(`  events     ${grouped(summary.events)} from event ${summary.firstSequence} on`);
  report.line(`  heights    ${heightRange(summary)}`);
  report.line(
    `  kept in    ${summary.segments} segments of ${grouped(summary.bytes)} bytes, ${summary.journal} events in the journal`,
  );
  report.line(`  hash       ${summary.hash}`);
  for (const [topic, count] of Object.entries(topics)) {
    if (count > 0) report.line(`    ${topic.padEnd(20)} ${grouped(count).padStart(12)}`);
  }
  report.result({ ...summary, topics });
}
