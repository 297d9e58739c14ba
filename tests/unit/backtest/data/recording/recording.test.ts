import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../../../backtest/data/columns-builder.ts';
import { createRecording } from '../../../../../backtest/data/recording/create-recording.ts';
import { fileDisk } from '../../../../../backtest/data/recording/disk.ts';
import { readManifest } from '../../../../../backtest/data/recording/manifest.ts';
import {
  columnParts,
  loadColumns,
  openRecording,
  recordedEvents,
} from '../../../../../backtest/data/recording/open-recording.ts';
import { openRecordingWriter, type WriterOptions } from '../../../../../backtest/data/recording/recording-writer.ts';
import type { GridEvent } from '../../../../../src/contract/index.ts';
import { ConfigError, CorruptionError, FatalError, height, sequence } from '../../../../../src/core/index.ts';
import { chainHead, contractLog, logEntry } from '../../../../support/recorded-events.ts';

const newFolder = (): string => join(mkdtempSync(join(tmpdir(), 'wattmaker-recording-')), 'recording');

function begin(options: WriterOptions = {}) {
  const folder = newFolder();
  createRecording(fileDisk, folder, chainHead);
  return { folder, writer: openRecordingWriter(folder, options) };
}

describe('a recording', () => {
  it('behavior: holds the events in order, sealed or not, with their transactions', () => {
    const log = contractLog(4);
    const { folder, writer } = begin({ segmentEvents: 5 });
    writer.append(log);
    // Nine events set the market up in block 10; block 11 and block 12 hold four each.
    expect(writer.seal({ throughHeight: height(11) })).toBe(13);
    const recording = openRecording(folder);
    expect(recording.manifest.segments.map(({ events }) => events)).toEqual([9, 4]);
    expect(recording.tail).toHaveLength(4);
    const columns = loadColumns(recording);
    expect([...eventsOf(columns)]).toEqual(log.map(({ event }) => event));
    expect([...columns.transaction.subarray(9, 13)]).toEqual([0, 1, 2, 3]);
    for (const parts of [columnParts(recording), recordedEvents(recording).columns()]) {
      const events: GridEvent[] = [];
      for (const part of parts) events.push(...eventsOf(part));
      expect(events).toEqual(log.map(({ event }) => event));
    }
  });

  it('behavior: events of one transaction carry one number', () => {
    const log = contractLog(2).map(({ event }) => logEntry(event, Math.floor(event.sequence / 2)));
    const { folder, writer } = begin();
    writer.append(log);
    expect([...loadColumns(openRecording(folder)).transaction.subarray(9)]).toEqual([0, 0, 1, 1]);
  });

  it('behavior: loads into memory that threads share', () => {
    const { folder, writer } = begin();
    writer.append(contractLog(2));
    writer.seal({ throughHeight: height(100) });
    const columns = loadColumns(openRecording(folder), { shared: true });
    expect(columns.amount.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect([...eventsOf(columns)]).toHaveLength(13);
  });

  it('behavior: seals whole blocks alone, and waits for enough events', () => {
    const { writer } = begin({ segmentEvents: 3 });
    writer.append(contractLog(3));
    expect(writer.seal({ throughHeight: height(11), atLeast: 14 })).toBe(0);
    expect(writer.seal({ throughHeight: height(11), atLeast: 13 })).toBe(13);
    expect(writer.manifest.segments.map(({ lastHeight }) => lastHeight)).toEqual([10, 11]);
  });

  it('behavior: a reorg takes back what is not sealed', () => {
    const { folder, writer } = begin();
    writer.append(contractLog(4));
    writer.seal({ throughHeight: height(10) });
    writer.rewind(sequence(11));
    const other = contractLog(4, { flavour: 5 });
    expect(() => writer.append(other.slice(12))).toThrow('expected event 12 to be recorded next, was event 13');
    writer.append(other.slice(11));
    const expected = [...contractLog(4).slice(0, 11), ...other.slice(11)].map(({ event }) => event);
    expect([...eventsOf(loadColumns(openRecording(folder)))]).toEqual(expected);
    expect(openRecordingWriter(folder).tail.map(({ event }) => event.sequence)).toEqual([
      10, 11, 12, 13, 14, 15, 16, 17,
    ]);
  });

  it('error: a reorg of what is sealed', () => {
    const { writer } = begin();
    writer.append(contractLog(4));
    writer.seal({ throughHeight: height(11) });
    expect(() => writer.rewind(sequence(12))).toThrow(FatalError);
  });

  it('behavior: a torn last line is cut, files of a crash are removed', () => {
    const { folder, writer } = begin();
    writer.append(contractLog(1));
    appendFileSync(join(folder, 'journal.jsonl'), '0123456789abcdef half a li');
    writeFileSync(join(folder, 'segments', '0000000000000001-0000000000000002.arrow.new'), 'half');
    expect(openRecording(folder).events).toBe(11);
    expect(openRecordingWriter(folder).tail).toHaveLength(11);
    expect(readFileSync(join(folder, 'journal.jsonl'), 'latin1').endsWith('\n')).toBe(true);
    expect(readdirSync(join(folder, 'segments'))).toEqual([]);
  });

  it('error: a damaged line before the last', () => {
    const { folder, writer } = begin();
    writer.append(contractLog(1));
    const path = join(folder, 'journal.jsonl');
    const text = readFileSync(path, 'latin1');
    writeFileSync(path, `${text.slice(0, 100)}0${text.slice(101)}`, 'latin1');
    expect(() => openRecording(folder)).toThrow(CorruptionError);
  });

  it('behavior: its hash is that of its content', () => {
    const [one, two, three] = [begin(), begin(), begin()];
    for (const { writer } of [one, two]) writer.append(contractLog(4));
    three.writer.append(contractLog(4, { flavour: 1 }));
    const hashes = [one, two, three].map(({ folder }) => openRecording(folder).hash);
    expect(hashes[0]).toBe(hashes[1]);
    expect(hashes[2]).not.toBe(hashes[0]);
    one.writer.seal({ throughHeight: height(11) });
    two.writer.seal({ throughHeight: height(11) });
    expect(openRecording(one.folder).hash).toBe(openRecording(two.folder).hash);
  });

  it('error: no recording, another version, a folder in use, a gap between segments', () => {
    const { folder, writer } = begin({ segmentEvents: 3 });
    expect(() => createRecording(fileDisk, folder, chainHead)).toThrow('expected no recording in');
    expect(() => openRecording(join(folder, 'segments'))).toThrow(ConfigError);
    expect(() => createRecording(fileDisk, tmpdir(), chainHead)).toThrow('to be empty');
    const headless = begin();
    rmSync(join(headless.folder, 'manifest.json'));
    writeFileSync(join(headless.folder, 'segments', 'events.arrow'), '');
    expect(() => createRecording(fileDisk, headless.folder, chainHead)).toThrow('found "events.arrow"');
    writer.append(contractLog(4));
    writer.seal({ throughHeight: height(12) });
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...manifest, version: 2 }));
    expect(() => readManifest(folder)).toThrow('expected a recording of version 1');
    writeFileSync(path, JSON.stringify({ ...manifest, segments: manifest.segments.slice(1) }));
    expect(() => readManifest(folder)).toThrow('to begin with event 1, was 10');
  });

  it('error: a segment of another size', () => {
    const { folder, writer } = begin();
    writer.append(contractLog(4));
    writer.seal({ throughHeight: height(12) });
    appendFileSync(join(folder, writer.manifest.segments[0]?.file ?? ''), ' ');
    expect(() => loadColumns(openRecording(folder))).toThrow(CorruptionError);
  });
});
