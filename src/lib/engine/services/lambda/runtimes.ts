import { invalid } from './errors.ts';

/** Runtimes that AWS lets create, and that a machine with Node.js and Python can run. */
const RUNNABLE = [
  'nodejs22.x',
  'nodejs24.x',
  'python3.12',
  'python3.13',
  'python3.14',
  'provided.al2023',
] as const;

/** Runtimes that AWS has, and that need a compiler or machine that isn't here. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  'dotnet8',
  'dotnet10',
  'java21',
  'java25',
  'ruby3.3',
  'ruby3.4',
  'ruby4.0',
]);

/**
 * Runtimes that no function can be created with any more ("Deprecated runtimes", Lambda runtimes). Their successors:
 */
const DEPRECATED: readonly (readonly [pattern: RegExp, successor: string])[] = [
  [/^nodejs(?:4\.3(?:-edge)?|6\.10|8\.10|1[0-8]\.x|20\.x)?$/, 'nodejs24.x'],
  [/^python(?:2\.7|3\.(?:[6-9]|10|11))$/, 'python3.14'],
  [/^(?:provided|provided\.al2|go1\.x)$/, 'provided.al2023'],
  [/^java(?:8|8\.al2|11|17)$/, 'java25'],
  [/^dotnet(?:core.*|6)$/, 'dotnet10'],
  [/^ruby(?:2\.5|2\.7|3\.2)$/, 'ruby3.4'],
];

/** @throws ServiceError `InvalidParameterValueException` */
export function checkRuntime(runtime: string): void {
  if ((RUNNABLE as readonly string[]).includes(runtime)) return;
  const successor = DEPRECATED.find(([pattern]) => pattern.test(runtime))?.[1];
  if (successor !== undefined) {
    throw invalid(
      `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime (${successor}) while creating or updating functions.`,
    );
  }
  if (ELSEWHERE.has(runtime)) {
    throw invalid(
      `The local engine does not run ${runtime}; it runs ${RUNNABLE.join(', ')}. A program of any language runs as provided.al2023 with an executable "bootstrap".`,
    );
  }
  throw invalid(
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${[...RUNNABLE, ...ELSEWHERE].join(', ')}] or be a valid ARN`,
  );
}

/** Whether the function's own `bootstrap` runs it. */
export function isProvided(runtime: string): boolean {
  return runtime.startsWith('provided');
}
