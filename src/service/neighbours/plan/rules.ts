/** Every so many slots a home accounts for its energy, and then thinks about its offers. */
export const METER_EVERY = 4;
/** Every so many slots a home looks for something to buy. */
export const LOOK_EVERY = 3;
/** Homes do not see offers younger than this many blocks: whoever watches the chain closely is first. */
export const OFFER_MIN_AGE = 3;
/** After a longer pause than this many slots the energy before is left to the grid. */
export const MOST_METERED_SLOTS = 16;
/** How many slots of its own need ahead a home buys for. */
export const SHOPPING_SLOTS = 16;
/** How many slots of its own need ahead a home keeps when it sells; more than it buys for, lest it do both. */
export const RESERVE_SLOTS = 20;
/** A home buys at most this many times what it wants: an offer is bought whole. */
export const OVERBUY = 2;
export const MOST_OPEN_OFFERS = 6;
/** Of its offers, buys and cancels, each, in one plan. */
export const MOST_AT_ONCE = 2;
/** The longest chain of unconfirmed transactions of one account. */
export const MOST_CALLS = 5;
/** A lot is a multiple of LOT_STEP from SMALLEST_LOT to LARGEST_LOT, in Wh. */
export const LOT_STEP = 50;
export const SMALLEST_LOT = 300;
export const LARGEST_LOT = 1_000;
/** In per cent of the energy price: an offer above it was made in dearer times and is taken back. */
export const OUT_OF_TOUCH = 128;
/** What a home pays in at first and when it runs low, in µSTX. */
export const DEPOSIT = 5_000_000;
export const LOW_FUNDS = 500_000;
/** What a home keeps outside the contract for fees, in µSTX. */
export const FEE_RESERVE = 100_000;
/** How often the owner looks at the tariff, in slots. */
export const PRICE_EVERY = 3;
