/** A whole number with a comma between thousands. (`toLocaleString` would load ICU: 10 ms of every start.) */
export function grouped(number: number): string {
  return String(Math.round(number)).replace(/\B(?=(\d{3})+$)/g, ',');
}
