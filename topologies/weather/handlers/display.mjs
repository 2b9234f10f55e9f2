/** Shows the temperature. The line that it returns is shown. */
export default function display(event) {
  const { city, celsius } = event.data ?? event;
  return `🌡  ${city}: ${Number(celsius).toFixed(1)} °C`;
}
