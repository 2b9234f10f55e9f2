/** The variables of a process. */
type Environment = Readonly<Record<string, string | undefined>>;

/** How traces are recorded and exported. */
export interface TraceSettings {
  /** Without a user and password, which go into `headers`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds that a request may take, with what is tried again. */
  readonly timeoutMs: number;
  /** Milliseconds between two exports. */
  readonly delayMs: number;
  readonly isJson: boolean;
  readonly isCompressed: boolean;
  /** Attributes of the resource, `service.name` among them. */
  readonly resource: Readonly<Record<string, string>>;
  readonly sampler: SamplerSettings;
}

/** Which traces are recorded. */
export interface SamplerSettings {
  /** Whether what continues a trace is recorded where that trace is. */
  readonly isParentBased: boolean;
  /** Share of the traces that begin here, 0 to 1. */
  readonly ratio: number;
}

/** What the environment asks for. */
export interface ReadTraceSettings {
  /** Undefined where no traces are recorded. */
  readonly settings: TraceSettings | undefined;
  /** What it says that can't be followed, in sentences. */
  readonly problems: readonly string[];
}

const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_DELAY_MS = 5_000;
const DEFAULT_SAMPLER = 'parentbased_always_on';

/**
 * Reads the variables that OpenTelemetry's "Environment Variable Specification" and "OpenTelemetry Protocol Exporter"
 * name. Traces are recorded where an endpoint is given; a value that can't be used is told, and never fails anything.
 */
export function readTraceSettings(env: Environment): ReadTraceSettings {
  const problems: string[] = [];
  const own = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const url = own || tracesUrl(env.OTEL_EXPORTER_OTLP_ENDPOINT);
  const off = { settings: undefined, problems };
  if (!url || isTrue(env.OTEL_SDK_DISABLED) || !exportsOtlp(env, problems)) return off;
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    problems.push(
      `${own ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT'} is not a URL such as http://localhost:4318.`,
    );
    return off;
  }
  const protocol = forTraces(env, 'PROTOCOL') || 'http/protobuf';
  if (protocol !== 'http/protobuf' && protocol !== 'http/json') {
    problems.push(`Traces go out as http/protobuf or http/json, not as ${protocol}.`);
    return off;
  }
  const { authorization, bare } = withoutPassword(new URL(url));
  const settings: TraceSettings = {
    url: bare,
    headers: {
      ...authorization,
      ...readPairs(env.OTEL_EXPORTER_OTLP_HEADERS),
      ...readPairs(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS),
    },
    timeoutMs: readTimeout(env, problems),
    delayMs: readDelay(env, problems),
    isJson: protocol === 'http/json',
    isCompressed: forTraces(env, 'COMPRESSION') === 'gzip',
    resource: readResource(env),
    sampler: readSampler(env, problems),
  };
  return { settings, problems };
}

/** A URL without its user and password, and the header that has them instead. */
function withoutPassword(url: URL) {
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const secret = Buffer.from(`${decoded(username)}:${decoded(password)}`).toString('base64');
  const authorization = { Authorization: `Basic ${secret}` };
  return { bare: url.href, authorization: username || password ? authorization : {} };
}

/** The signal's own variable, otherwise that of all signals. */
function forTraces(env: Environment, name: string): string | undefined {
  return env[`OTEL_EXPORTER_OTLP_TRACES_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`];
}

function tracesUrl(endpoint: string | undefined): string | undefined {
  return endpoint && `${endpoint.replace(/\/+$/, '')}/v1/traces`;
}

function isTrue(text = ''): boolean {
  return text.trim().toLowerCase() === 'true';
}

function exportsOtlp({ OTEL_TRACES_EXPORTER: text }: Environment, problems: string[]): boolean {
  const names = (text || 'otlp').split(',').map((name) => name.trim());
  if (names.includes('otlp')) return true;
  if (!names.includes('none'))
    problems.push(`OTEL_TRACES_EXPORTER is ${text}; it can be otlp or none.`);
  return false;
}

/** `key=value` pairs with commas between them, values percent-encoded ("W3C Baggage"). */
function readPairs(text = ''): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, Math.max(at, 0)).trim();
    if (key !== '') pairs[decoded(key)] = decoded(pair.slice(at + 1).trim());
  }
  return pairs;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readTimeout(env: Environment, problems: string[]): number {
  const text = forTraces(env, 'TIMEOUT');
  if (!text) return DEFAULT_TIMEOUT_MS;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  problems.push(`OTEL_EXPORTER_OTLP_TIMEOUT is ${text}; it can be a number of milliseconds.`);
  return DEFAULT_TIMEOUT_MS;
}

function readDelay({ OTEL_BSP_SCHEDULE_DELAY: text }: Environment, problems: string[]): number {
  if (!text) return DEFAULT_DELAY_MS;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  problems.push(`OTEL_BSP_SCHEDULE_DELAY is ${text}; it can be a number of milliseconds.`);
  return DEFAULT_DELAY_MS;
}

function readResource(env: Environment): Record<string, string> {
  const given = readPairs(env.OTEL_RESOURCE_ATTRIBUTES);
  const name = env.OTEL_SERVICE_NAME || given['service.name'] || 'pubsub';
  return { ...given, 'service.name': name };
}

function readSampler(env: Environment, problems: string[]): SamplerSettings {
  const { OTEL_TRACES_SAMPLER: name = '', OTEL_TRACES_SAMPLER_ARG: arg = '' } = env;
  const [, based, kind] =
    /^(parentbased_)?(always_on|always_off|traceidratio)$/.exec(name || DEFAULT_SAMPLER) ?? [];
  if (kind === undefined) {
    problems.push(`OTEL_TRACES_SAMPLER is ${name}, which is not known: all traces are recorded.`);
    return { isParentBased: true, ratio: 1 };
  }
  const isParentBased = based !== undefined;
  if (kind !== 'traceidratio') return { isParentBased, ratio: kind === 'always_on' ? 1 : 0 };
  const ratio = arg.trim() === '' ? 1 : Number(arg);
  if (ratio >= 0 && ratio <= 1) return { isParentBased, ratio };
  problems.push(`OTEL_TRACES_SAMPLER_ARG is ${arg}; it can be 0 to 1: all traces are recorded.`);
  return { isParentBased, ratio: 1 };
}
