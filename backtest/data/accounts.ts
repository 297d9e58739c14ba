import { CorruptionError, type Principal } from '../../src/core/index.ts';

/** Principals by number, in the order of their first appearance; only ever grows, so that a number stays what it is. */
export class AccountIndex {
  readonly #names: Principal[] = [];
  readonly #numbers = new Map<Principal, number>();

  constructor(names: Iterable<Principal> = []) {
    for (const name of names) this.numberOf(name);
    if (this.#numbers.size !== this.#names.length) throw new CorruptionError('expected distinct accounts');
  }

  get size(): number {
    return this.#names.length;
  }

  /** By number. */
  get names(): readonly Principal[] {
    return this.#names;
  }

  /** The number of a principal; a new one where it is not known yet. */
  numberOf(name: Principal): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.length;
    this.#names.push(name);
    this.#numbers.set(name, number);
    return number;
  }

  /** The number of a principal, or undefined where it is not known. */
  find(name: Principal): number | undefined {
    return this.#numbers.get(name);
  }

  /** @throws CorruptionError for a number that no account has. */
  nameOf(number: number): Principal {
    const name = this.#names[number];
    if (name === undefined) {
      throw new CorruptionError(`expected the number of one of ${this.size} accounts, was ${number}`);
    }
    return name;
  }
}
