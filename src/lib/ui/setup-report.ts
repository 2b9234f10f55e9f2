import type { ChalkInstance } from 'chalk';

/** Where everything of a topology is; null where it isn't there. */
export interface SetupReport {
  readonly topic: { readonly name: string; readonly arn: string | null };
  readonly subscribers: readonly {
    readonly name: string;
    readonly queueUrl: string | null;
    readonly queueArn: string | null;
    readonly dlqUrl: string | null;
    readonly dlqArn: string | null;
    readonly subscriptionArn: string | null;
  }[];
}

/** ARNs and URLs, whole and each on a line of its own, so that they can be copied. */
export function renderSetupReport(report: SetupReport, style: ChalkInstance): string[] {
  const row = (label: string, value: string | null): string =>
    `  ${style.dim(label.padEnd(12))}  ${value ?? '-'}`;
  // On RabbitMQ nothing has an ARN.
  const hasArns = report.subscribers.every(({ queueUrl, queueArn }) => !queueUrl || queueArn);
  const arn = (label: string, value: string | null): string[] =>
    hasArns ? [row(label, value)] : [];
  return [
    style.bold(`topic ${report.topic.name}`),
    ...arn('arn', report.topic.arn),
    ...report.subscribers.flatMap((subscriber) => [
      style.bold(subscriber.name),
      row('queue', subscriber.queueUrl),
      ...arn('queue arn', subscriber.queueArn),
      row('dlq', subscriber.dlqUrl),
      ...arn('dlq arn', subscriber.dlqArn),
      ...arn('subscription', subscriber.subscriptionArn),
    ]),
  ];
}
