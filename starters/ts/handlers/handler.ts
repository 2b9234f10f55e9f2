import type { Received } from '../events.ts';

/** Called for each event that reaches %{subscriber}. Throwing fails it: it comes again. What it returns is shown. */
export default function handle(event: Received): string {
  // Your work goes here.
  return `%{subscriber} got ${event.event_type} ${JSON.stringify(event.data ?? event)}`;
}
