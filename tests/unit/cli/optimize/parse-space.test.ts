import { describe, expect, it } from 'vitest';
import { parseAxisText, spaceOf } from '../../../../src/cli/optimize/parse-space.ts';
import marketMaker from '../../../../strategies/market-maker/index.ts';

const sample = {
  ...marketMaker,
  name: 'sample',
  parameters: {
    speed: { kind: 'number', default: 1, min: 0, max: 10, unit: '', description: 'How fast.', optimisable: true },
    lots: { kind: 'integer', default: 1, min: 1, max: 9, unit: '', description: 'How many.', optimisable: false },
    mood: {
      kind: 'choice',
      default: 'calm',
      choices: ['calm', 'bold', 'wild'],
      unit: '',
      description: 'How.',
      optimisable: true,
    },
  },
} as never;
const space = (...texts: string[]) => spaceOf(sample, texts.map(parseAxisText));

describe('a space', () => {
  it('default: is what the strategy declares as optimisable', () => {
    expect(space()).toEqual([
      { kind: 'range', name: 'speed', low: 0, high: 10, integer: false },
      { kind: 'values', name: 'mood', values: ['calm', 'bold', 'wild'] },
    ]);
  });

  it.each([
    { text: 'speed=1:2', axis: { kind: 'range', name: 'speed', low: 1, high: 2, integer: false } },
    { text: 'lots=2:5', axis: { kind: 'range', name: 'lots', low: 2, high: 5, integer: true } },
    { text: 'speed=0:0.3:0.1', axis: { kind: 'values', name: 'speed', values: [0, 0.1, 0.2, 0.3] } },
    { text: 'lots=1:8:3', axis: { kind: 'values', name: 'lots', values: [1, 4, 7] } },
    { text: 'speed=3,1,3', axis: { kind: 'values', name: 'speed', values: [3, 1] } },
    { text: 'mood=wild,calm', axis: { kind: 'values', name: 'mood', values: ['wild', 'calm'] } },
  ])('default: $text', ({ text, axis }) => {
    expect(space(text)).toEqual([axis]);
  });

  it.each([
    { texts: ['speed'], says: 'expected a space such as' },
    { texts: ['haste=1:2'], says: 'expected a parameter of the strategy "sample", was "haste"' },
    { texts: ['speed=2:1'], says: 'expected speed from low to high' },
    { texts: ['speed=1:2:0'], says: 'expected speed from low to high' },
    { texts: ['speed=1:fast'], says: 'expected a number, was "fast"' },
    { texts: ['speed=1:11'], says: 'expected speed within 0 to 10, was "11"' },
    { texts: ['lots=1:3:0.5'], says: 'expected lots within 1 to 9, was "1.5"' },
    { texts: ['mood=sad'], says: 'expected mood within calm, bold, wild, was "sad"' },
    { texts: ['speed=0:10:0.0001'], says: 'expected at most 10000 values of speed, was 100001' },
    { texts: ['speed=1:2', 'speed=3:4'], says: 'expected one --space for speed' },
  ])('error: $texts', ({ texts, says }) => {
    expect(() => space(...texts)).toThrow(says);
  });

  it('error: a strategy that declares nothing to vary', () => {
    const none = { ...marketMaker, name: 'none', parameters: {} } as never;
    expect(() => spaceOf(none, [])).toThrow('expected the strategy "none" to declare a parameter as optimisable');
  });
});
