import type { Style } from '../definition/styles.ts';
import { shownDollars, shownFigure } from '../rules/text/shown-figure.ts';
import { cheaperFrom } from './break-even.ts';

/** What a style is judged by. */
export interface Judged {
  /** US dollars of a month with so many events. */
  costAt(style: Style, events: number): number;
  readonly events: number;
}

/** For whom a style is, in a line of at most 67 characters. */
export function findingOf(style: Style, judged: Judged): string {
  const dollars = `${shownDollars(judged.costAt(style, judged.events))} a month`;
  if (style === 'serverless') return `little or uneven load: ${dollars}, no tasks when idle`;
  if (style === 'hybrid') return `callers that must not wait for a cold start: ${dollars}`;
  const from = cheaperFrom((events) => [
    judged.costAt('ecs', events),
    judged.costAt('serverless', events),
  ]);
  return from === undefined
    ? `work that no time limit may end: ${dollars}, never below serverless`
    : `steady load: below serverless from ${shownFigure(from)} events a month on`;
}
