import type { StackInput } from '../state.ts';
import { type ReadTemplate, readTemplateText } from '../template/compile.ts';

/** Puts `****` for the values of parameters with `NoEcho` in a text. */
export type Hide = (text: string) => string;

/** The values of the parameters with `NoEcho` of a template. */
export function secretValues(
  { template }: Pick<ReadTemplate, 'template'>,
  { parameters }: StackInput,
): string[] {
  return parameters
    .filter(({ key }) => template.parameters[key]?.noEcho)
    .flatMap(({ value = '', resolved = '' }) => [value, resolved]);
}

/** What hides values, as AWS does in all that describes a stack and its events ("Parameters", NoEcho). */
export function hidingOf(values: readonly string[]): Hide {
  // One may begin with another.
  const secrets = values.filter((value) => value !== '').sort((a, b) => b.length - a.length);
  return (text) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '****'), text);
}

/** What hides the values that stacks were given, each by its own template; one that can't be read any more hides nothing. */
export async function hidingOfInputs(inputs: readonly StackInput[]): Promise<Hide> {
  const values = inputs.map(async (input) => {
    const read = await readTemplateText(input.template).catch(() => undefined);
    return read ? secretValues(read, input) : [];
  });
  return hidingOf((await Promise.all(values)).flat());
}
