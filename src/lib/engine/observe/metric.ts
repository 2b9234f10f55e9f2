/** A metric with its samples, as lines. @param type `counter` or `gauge` */
export function metric(
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: readonly string[],
): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];
}
