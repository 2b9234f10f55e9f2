import { Argument, type Command } from 'commander';
import { EXIT } from '../../lib/rules/errors.ts';
import { addExamples, type CommandContext, type Runner } from '../command.ts';

const FORMS = ['compose', 'kubernetes', 'prometheus', 'prometheus-rules', 'grafana'] as const;
type Form = (typeof FORMS)[number];

/** The image unless another is named: what the Dockerfile makes. */
const IMAGE = 'pubsub';

/** `pubsub platform print <form>` */
export function definePrint(command: Command, run: Runner): void {
  addExamples(
    command,
    [
      'pubsub platform print compose > compose.yaml',
      'pubsub platform print kubernetes --image registry.example.com/pubsub:1 | kubectl apply -f -',
      'pubsub platform print prometheus-rules > platform-rules.yml',
    ],
    'docker compose up',
  )
    .addArgument(new Argument('<form>', 'what to print').choices(FORMS))
    .option('--image <name>', 'image of the containers', IMAGE)
    .action((form: Form, { image }: { image: string }) =>
      run(command, async (context) => {
        const { printer } = context;
        const documents = await documentsOf(context, form, image);
        printer.document(form === 'kubernetes' ? documents : documents[0]);
        const { writeYaml } = await import('../../lib/platform/print/yaml.ts');
        printer.raw(
          form === 'grafana' ? JSON.stringify(documents[0], undefined, 2) : writeYaml(documents),
        );
        if (form === 'kubernetes') {
          printer.note('It holds secrets: keep it where only you can read it.');
        }
        return EXIT.done;
      }),
    );
}

async function documentsOf(
  { settings }: CommandContext,
  form: Form,
  image: string,
): Promise<readonly unknown[]> {
  switch (form) {
    case 'compose': {
      const { composeFile } = await import('../../lib/platform/print/compose.ts');
      return [composeFile(image)];
    }
    case 'kubernetes': {
      const [{ kubernetesObjects }, { platformSecrets }] = await Promise.all([
        import('../../lib/platform/print/kubernetes.ts'),
        import('../../lib/platform/run/secrets.ts'),
      ]);
      return kubernetesObjects(image, platformSecrets(settings.stateDir));
    }
    case 'prometheus':
      return [(await import('../../lib/platform/print/prometheus.ts')).prometheusConfig()];
    case 'prometheus-rules':
      return [(await import('../../lib/platform/print/prometheus.ts')).prometheusRules()];
    case 'grafana':
      return [(await import('../../lib/platform/print/grafana.ts')).grafanaDashboard()];
  }
}
