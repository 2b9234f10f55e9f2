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
