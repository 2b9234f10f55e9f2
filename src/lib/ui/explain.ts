import type { ChalkInstance } from 'chalk';
import type { DeliveryVerdict } from '../diagnose/explain/delivery-verdict.ts';
import type { FilterableAttributes } from '../rules/filter-policy/index.ts';
import { printable } from '../rules/text/shown-text.ts';
import { wrapped } from './wrapped.ts';

/** An event that was held against the subscribers, and what came out. */
export interface ExplainedEvent {
  /** What it is about, such as `payment.captured of payment 1`. */
  readonly title: string;
  readonly eventType: string | undefined;
  readonly attributes: FilterableAttributes;
  readonly verdicts: readonly DeliveryVerdict[];
  /** Whether the target was asked, or the topology's file alone. */
  readonly judgedBy: 'target' | 'file';
}

/** An event's document, or line of `--file`. */
export function explainedDocument(event: ExplainedEvent): Record<string, unknown> {
  return {
    eventType: event.eventType ?? null,
    attributes: Object.fromEntries(
      Object.entries(event.attributes).map(([name, { DataType, StringValue }]) => [
        name,
        { type: DataType, value: StringValue ?? null },
      ]),
    ),
    judgedBy: event.judgedBy,
    subscribers: event.verdicts.map(
      ({ subscriber, delivered, filtered, obstacles, unknown, taking }) => ({
        name: subscriber,
        delivered,
        taking: taking ?? null,
        filtered,
        unknown,
        obstacles: obstacles.map(({ by, clause, words, hint }) => ({
          by,
          clause: clause ?? null,
          words,
          hint: hint ?? null,
        })),
      }),
    ),
  };
}

/** The lines that show one event, within the columns: one a subscriber, and below it what stops the event. */
export function renderExplained(
  event: ExplainedEvent,
  style: ChalkInstance,
  columns: number,
): string[] {
  const { title, attributes, verdicts } = event;
  const width = verdicts.reduce((most, { subscriber }) => Math.max(most, subscriber.length), 0);
  const shown = Object.entries(attributes).map(([name, { DataType, StringValue = '' }]) =>
    printable(`${name}=${StringValue}${DataType === 'String' ? '' : ` (${DataType})`}`),
  );
  const facts = shown.length > 0 ? shown.join(', ') : 'no attributes';
  return [
    style.bold(printable(title)),
    ...wrapped(`  with ${facts}`, columns, '    ').map((line) => style.dim(line)),
    ...verdicts.flatMap((verdict) => verdictLines(verdict, width, style, columns)),
  ];
}

function verdictLines(
  { subscriber, delivered, filtered, obstacles, unknown, taking }: DeliveryVerdict,
  width: number,
  style: ChalkInstance,
  columns: number,
): string[] {
  const name = subscriber.padEnd(width);
  const part = (text: string, indent: string): string[] =>
    wrapped(`${indent}${text}`, columns, `${indent}  `);
  if (delivered) {
    const why = filtered ? '(its filter lets it through)' : '(it has no filter)';
    const fits = '  ✓   delivered '.length + width + why.length <= columns;
    const sign = (taking?.handled ?? true) ? style.green('✓') : style.red('✗');
    return [
      `  ${sign} ${name}  delivered${fits ? ` ${style.dim(why)}` : ''}`,
      ...(taking === undefined ? [] : part(printable(taking.words), '      ')),
    ];
  }
  const head =
    obstacles.length === 0
      ? `  ${style.cyan('?')} ${name}  ${style.cyan("can't be told")}`
      : `  ${style.red('✗')} ${name}  ${style.red('not delivered')}`;
  return [
    head,
    ...unknown.flatMap((words) => part(printable(words), '      ')),
    ...obstacles.flatMap(({ by, clause, words, hint }) => [
      ...part(printable(words), '      '),
      ...(hint === undefined ? [] : part(hint, '      ').map((line) => style.yellow(line))),
      ...part(clause === undefined ? by : `${by} ${printable(clause)}`, '      ').map((line) =>
        style.dim(line),
      ),
    ]),
  ];
}
