import { clientError } from '../errors.ts';

const MIB_PER_GIB = 1024;
const UNITS_PER_VCPU = 1024;

interface Sizes {
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

/**
 * MiB that go with CPU units.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const MEMORY_BY_CPU: Readonly<Record<number, Sizes>> = {
  256: { least: 512, most: 2048, step: 512 },
  512: { least: 1024, most: 4096, step: 1024 },
  1024: { least: 2048, most: 8192, step: 1024 },
  2048: { least: 4096, most: 16_384, step: 1024 },
  4096: { least: 8192, most: 30_720, step: 1024 },
  8192: { least: 16_384, most: 61_440, step: 4096 },
  16384: { least: 32_768, most: 122_880, step: 8192 },
};
/** With 256 units this one is left out: they have 512, 1024 and 2048 MiB. */
const NOT_WITH_256 = 1536;

/** Reads `256` or `.25 vCPU`, in CPU units, and `512` or `0.5 GB`, in MiB. @throws ServiceError `ClientException` */
export function fargateSize(
  cpu: string | undefined,
  memory: string | undefined,
): { readonly cpu: string; readonly memory: string } {
  const units = amount(cpu, /^([\d.]+) ?vcpu$/i, UNITS_PER_VCPU);
  const mib = amount(memory, /^([\d.]+) ?gb$/i, MIB_PER_GIB);
  if (units === undefined || mib === undefined) {
    throw clientError('Fargate requires that cpu and memory be defined at the task level.');
  }
  const sizes = MEMORY_BY_CPU[units];
  const isSize =
    sizes !== undefined &&
    mib >= sizes.least &&
    mib <= sizes.most &&
    (mib - sizes.least) % sizes.step === 0 &&
    !(units === 256 && mib === NOT_WITH_256);
  if (!isSize) throw clientError(noConfiguration(units, mib, sizes));
  return { cpu: String(units), memory: String(mib) };
}

function amount(text: string | undefined, inLargeUnit: RegExp, factor: number) {
  if (text === undefined || text === '') return undefined;
  const [, large] = inLargeUnit.exec(text) ?? [];
  const number = large === undefined ? Number(text) : Number(large) * factor;
  return Number.isInteger(number) ? number : Number.NaN;
}

function noConfiguration(units: number, mib: number, sizes: Sizes | undefined): string {
  const found = `No Fargate configuration exists for given values: ${units} CPU, ${mib} memory.`;
  const hint =
    sizes === undefined
      ? `CPU is one of ${Object.keys(MEMORY_BY_CPU).join(', ')}`
      : `${units} CPU goes with ${sizes.least} to ${sizes.most} MiB in steps of ${sizes.step}`;
  return `${found} ${hint}.`;
}
