/** Warns of severe weather. The line that it returns is shown. */
export default function stormWarning(event) {
  const { city, kind, intensity } = event.data ?? event;
  return `⛈  Warning for ${city}: ${kind}, intensity ${Number(intensity).toFixed(2)}`;
}
