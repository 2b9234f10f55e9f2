import { type Priced, priceOf } from '../rules/prices.ts';

/** One number of a multiplication. */
export interface Factor {
  readonly value: number;
  /** What it counts, in the plural; empty for a share. */
  readonly unit: string;
  /** Whether the product is divided by it. */
  readonly divides?: true;
  /** Whether it is a share, which is shown in percent. */
  readonly share?: true;
}

/** Something that is paid for in a month, with how its quantity comes about. */
export interface CostLine {
  /** Such as `queues`. */
  readonly part: string;
  readonly what: string;
  /** The subscribers, topics or services that it is for, each paying for the same quantity. */
  readonly of: readonly string[];
  /** Their product is the quantity. */
  readonly factors: readonly Factor[];
  readonly quantity: number;
  readonly priced: Priced;
  readonly dollars: number;
}

/** What a line is made of. */
export interface LineParts {
  readonly part: string;
  readonly what: string;
  readonly of: string;
  readonly priced: Priced;
  readonly factors: readonly Factor[];
}

/** A number of a multiplication. */
export const times = (value: number, unit: string): Factor => ({ value, unit });
/** A number that is divided by. */
export const per = (value: number, unit: string): Factor => ({ value, unit, divides: true });
/** A share from 0 to 1. */
export const share = (value: number, unit: string): Factor => ({ value, unit, share: true });

/**
 * Lines with their quantities and dollars. Those that differ in nothing but whom they are for become one, with how many
 * there are as one more factor; factors that change nothing (times 1, all of it) are left out.
 */
export function costLines(parts: readonly LineParts[], several: string): CostLine[] {
  const groups = new Map<string, { first: LineParts; of: string[] }>();
  for (const each of parts) {
    const key = JSON.stringify([each.part, each.what, each.priced, each.factors]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { first: each, of: [each.of] });
    else group.of.push(each.of);
  }
  const lines = [...groups.values()].map(({ first, of }) => lineOf(first, of, several));
  // Nothing of nothing is not worth a line; that a filter lets nothing through is.
  return lines.filter(({ factors: [first] }) => first !== undefined && first.value > 0);
}

function lineOf(
  { part, what, priced, factors }: LineParts,
  of: string[],
  several: string,
): CostLine {
  const [head, ...rest] = factors;
  const all = head === undefined ? [] : [head, times(of.length, several), ...rest];
  const told = all.filter(({ value }, index) => index === 0 || value !== 1);
  const quantity = told.reduce(
    (product, { value, divides }) => (divides ? product / value : product * value),
    1,
  );
  return { part, what, of, factors: told, quantity, priced, dollars: priceOf(priced, quantity) };
}
