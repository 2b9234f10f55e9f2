import type { Command } from 'commander';
import { arrives, explainDelivery, isBroken } from '../../lib/diagnose/explain/delivery-verdict.ts';
import { EXIT, type ExitCode } from '../../lib/rules/errors.ts';
import { explainedDocument, renderExplained } from '../../lib/ui/explain.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { commandLine } from '../command-line.ts';
import { addResourceOptions, topicFor } from '../topology.ts';
import { askTarget } from './ask-target.ts';
import { type ExplainFlags, readMessages, readRecipients } from './request.ts';

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `pubsub explain <event-type>`: who would get an event, and what keeps it from the others. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub explain payment.captured',
      `pubsub explain payment.refunded --data '{"currency":"EUR","amount":1500}'`,
      'pubsub explain --file events.jsonl --subscriber ledger --exit-code',
      'pubsub explain payment.captured --filter-policy big.json --scope body',
    ],
    'pubsub setup --dry-run   or   pubsub tap',
  )
    .argument('[event-type]', 'of the event, such as payment.captured')
    .option('--data <json>', 'fields of the event; the rest is a sample')
    .option(
      '--attribute <k=v>',
      'message attribute, k:Number=5 for a type; may be repeated',
      collect,
    )
    .option('-f, --file <path>', 'JSON lines, one event a line; - reads stdin')
    .option('--subscriber <name>', 'this subscriber alone')
    .option('--filter-policy <json|file>', 'try a policy that is not set up')
    .option('--scope <scope>', 'of that policy: attributes (default) or body')
    .option('--offline', 'judge the file alone, without asking the target')
    .option('--exit-code', 'exit 3 when somebody does not get an event');
  addResourceOptions(command).action((eventType: string | undefined, flags: ExplainFlags) =>
    run(command, (context) => explain(command, context, eventType, flags)),
  );
}

async function explain(
  command: Command,
  context: CommandContext,
  word: string | undefined,
  flags: ExplainFlags,
): Promise<ExitCode> {
  const { printer } = context;
  const { topology, topic } = await topicFor(context, flags, ({ events }) =>
    word === undefined ? undefined : events[word]?.topic,
  );
  const recipients = readRecipients(context, { topology, topic: topic.key }, flags);
  const live = await askTarget(command, context, { topology, topic, recipients }, flags);
  const judgedBy = live === undefined ? 'file' : 'target';
  let all = true;
  let broken = false;
  for await (const message of readMessages(context, topology, word, flags)) {
    const verdicts = live
      ? live.map(({ recipient, ...way }) => explainDelivery(recipient, message, way))
      : recipients.map((recipient) => explainDelivery(recipient, message));
    all &&= verdicts.every(arrives);
    broken ||= (live ?? []).some(({ recipient }, at) => {
      const verdict = verdicts[at];
      const file = recipients.find(({ name }) => name === recipient.name)?.filterPolicy;
      return verdict !== undefined && isBroken(verdict, { live: recipient.filterPolicy, file });
    });
    const { title, eventType, attributes } = message;
    const explained = { title, eventType, attributes, verdicts, judgedBy } as const;
    if (flags.file === undefined) printer.document(explainedDocument(explained));
    else printer.record(explainedDocument(explained));
    for (const line of renderExplained(explained, printer.style, printer.columns)) {
      printer.text(line);
    }
  }
  if (live !== undefined && broken) {
    printer.note(printer.noteStyle.dim(`What fixes it: ${commandLine(command, 'doctor')}`));
  }
  return flags.exitCode && !all ? EXIT.drift : EXIT.done;
}
