import type { CostLine, Factor } from '../cost/cost-line.ts';
import { GB_BYTES, PRICES, type Price } from '../rules/prices.ts';
import { shownFigure } from '../rules/text/shown-figure.ts';

/** How a line's dollars come about: `10M events × 3 queues = 30M requests × $0.40/M`. */
export function multiplication({ factors, quantity, priced }: CostLine): string {
  const product = factors
    .map((factor, index) =>
      index === 0 ? shownFactor(factor) : `${factor.divides ? '÷' : '×'} ${shownFactor(factor)}`,
    )
    .join(' ');
  const { unit } = PRICES[priced];
  const result =
    factors.length === 1 && factors[0]?.unit === unit ? '' : ` = ${shownFigure(quantity)} ${unit}`;
  return `${product}${result}${shownPrice(PRICES[priced])}`;
}

function shownFactor({ value, unit, share }: Factor): string {
  if (share) return `${shownFigure(value * 100)} % ${unit}`;
  return `${value === GB_BYTES ? '2^30' : shownFigure(value)} ${unit}`;
}

function shownPrice({ dollars, per }: Price): string {
  if (dollars === 0) return ', free';
  const cents = dollars.toFixed(2);
  return ` × $${Number(cents) === dollars ? cents : dollars}${per === 1e6 ? '/M' : ''}`;
}
