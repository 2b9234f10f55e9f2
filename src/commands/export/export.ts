import type { Command } from 'commander';
import { usageError } from '../../lib/rules/errors.ts';
import { nearest } from '../../lib/rules/text/nearest.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';
import { topologyFor } from '../topology.ts';

/** Forms that a topology can be written in. */
const FORMS = ['cloudformation', 'mermaid', 'dot', 'asyncapi'] as const;
type Form = (typeof FORMS)[number];

/** `pubsub export <form>`: the topology in another form. Calls nobody. */
export function define(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub export cloudformation > template.json',
      'pubsub export mermaid',
      'pubsub export dot | dot -Tsvg > fan-out.svg',
      'pubsub export asyncapi > asyncapi.json',
    ],
    'pubsub setup --dry-run',
  )
    .argument('<form>', FORMS.join(', '))
    .addHelpText(
      'after',
      'What the CloudFormation template makes is what setup makes: names, attributes,\npolicies, tags.\n',
    )
    .action((form: string) => run(command, (context) => exportTopology(context, readForm(form))));
}

function readForm(word: string): Form {
  const form = FORMS.find((each) => each === word);
  if (form !== undefined) return form;
  const near = nearest(word, FORMS);
  throw usageError(
    `Unknown format "${word}".${near ? ` Did you mean "${near}"?` : ''}`,
    `Forms: ${FORMS.join(', ')}.`,
    'UnknownForm',
  );
}

async function exportTopology(context: CommandContext, form: Form): Promise<undefined> {
  const { printer } = context;
  const topology = await topologyFor(context);
  const [
    { cloudFormationTemplate },
    { dotDiagram, mermaidDiagram },
    { asyncApiDocument },
    { stringify },
  ] = await Promise.all([
    import('../../lib/topology/export/cloudformation.ts'),
    import('../../lib/topology/export/diagram.ts'),
    import('../../lib/topology/export/asyncapi.ts'),
    import('lossless-json'),
  ]);
  const show = (document: unknown): void => {
    printer.document(document);
    printer.text(stringify(document, undefined, 2) ?? '');
  };
  const showText = (text: string): void => {
    printer.document({ form, text });
    printer.text(text.trimEnd());
  };
  switch (form) {
    case 'cloudformation':
      show(cloudFormationTemplate(topology));
      break;
    case 'asyncapi':
      show(asyncApiDocument(topology));
      break;
    case 'mermaid':
      showText(mermaidDiagram(topology));
      break;
    case 'dot':
      showText(dotDiagram(topology));
  }
  return undefined;
}
