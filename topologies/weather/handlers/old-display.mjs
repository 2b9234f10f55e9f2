/** Shows the temperature as the first version of the event has it. The line that it returns is shown. */
export default function oldDisplay(event) {
  const { city, fahrenheit } = event.data ?? event;
  return `🌡  ${city}: ${fahrenheit} °F`;
}
