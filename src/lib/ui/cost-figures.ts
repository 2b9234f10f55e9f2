import type { CostLine, Factor } from '../cost/cost-line.ts';
import { GB_BYTES, PRICES, type Price } from '../rules/prices.ts';

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

/** US dollars, to the cent; with more places below ten cents. */
export function shownDollars(dollars: number): string {
  if (dollars > 0 && dollars < 0.0001) return '<$0.0001';
  const places = dollars > 0 && dollars < 0.1 ? 4 : 2;
  return `$${dollars.toFixed(places).replace(/\B(?=(\d{3})+(?=\.))/g, ',')}`;
}

const SCALES = [
  [1e12, 'T'],
  [1e9, 'B'],
  [1e6, 'M'],
] as const;

/** A number in four digits or so: `10M`, `2.628M`, `131,400`, `1.26`, `0.0024`. */
export function shownFigure(value: number): string {
  const [scale, suffix] = SCALES.find(([least]) => value >= least) ?? [1, ''];
  const scaled = value / scale;
  const digits =
    suffix === '' && scaled >= 1000 ? scaled.toFixed(0) : String(Number(scaled.toPrecision(4)));
  return digits.replace(/\B(?=(\d{3})+(?!\d))(?<!\.\d*)/g, ',') + suffix;
}
