import { defineParameters } from 'wattmaker/strategy';

export const parameters = defineParameters({
  discountPercent: {
    kind: 'integer',
    default: 5,
    min: 0,
    max: 100,
    unit: '%',
    description: 'How far below the energy price an offer must be.',
    optimisable: true,
  },
  successPercent: {
    kind: 'integer',
    default: 80,
    min: 1,
    max: 100,
    unit: '%',
    description: 'The chance that nobody else buys the offer first; the fee is paid either way.',
    optimisable: true,
  },
  minGain: {
    kind: 'integer',
    default: 0,
    min: 0,
    max: 1_000_000_000,
    unit: 'µSTX',
    description: 'The expected gain, fee deducted, that a lot must bring.',
    optimisable: true,
  },
  overshootPercent: {
    kind: 'integer',
    default: 0,
    min: 0,
    max: 100,
    unit: '%',
    description: 'How far lots may exceed the need; energy beyond it is worth the feed-in price.',
    optimisable: true,
  },
  maxLots: {
    kind: 'integer',
    default: 5,
    min: 1,
    max: 100,
    unit: 'lots',
    description: 'The most lots to buy in one turn.',
    optimisable: false,
  },
});
