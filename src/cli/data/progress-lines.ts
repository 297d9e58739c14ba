import type { Report } from '../command-io.ts';
import { grouped } from './describe-recording.ts';

/** Milliseconds between two lines. */
const EVERY_MS = 2_000;

/** Tells how many events there are of a number that is not known before. */
export function countLines(report: Report, what: string): (events: number) => void {
  let told = performance.now();
  return (events) => {
    const now = performance.now();
    if (now - told < EVERY_MS) return;
    told = now;
    report.line(`${what} ${grouped(events)} events`);
  };
}

/** Tells how far long work over events has come: a line every few seconds, with the rate and what is left. */
export function progressLines(
  report: Report,
  { what, total }: { readonly what: string; readonly total: number },
): (events: number) => void {
  const began = performance.now();
  let told = began;
  return (events) => {
    const now = performance.now();
    if (now - told < EVERY_MS || events === 0) return;
    told = now;
    const rate = events / ((now - began) / 1000);
    const left = Math.ceil((total - events) / rate);
    const percent = Math.floor((100 * events) / total);
    report.line(
      `${what} ${grouped(events)} of ${grouped(total)} events (${percent} %), ${grouped(Math.round(rate))}/s, ${left} s left`,
    );
  };
}
