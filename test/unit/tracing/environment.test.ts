import { describe, expect, it } from 'vitest';
import { readTraceSettings } from '../../../src/lib/tracing/sdk/environment.ts';

const AT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318/' };

describe('the endpoint of traces', () => {
  it.each([
    [AT, 'http://collector:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://c/otlp' }, 'https://c/otlp/v1/traces'],
    [{ ...AT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://t/x' }, 'http://t/x'],
    [{ ...AT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: '' }, 'http://collector:4318/v1/traces'],
  ])('of %j is %s', (env, url) =>
    expect(readTraceSettings(env)).toMatchObject({ settings: { url }, problems: [] }),
  );

  it('is asked with the user and password of its URL as a header', () => {
    const { settings } = readTraceSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:b%40@c' });
    expect(settings).toMatchObject({
      url: 'http://c/v1/traces',
      headers: { Authorization: `Basic ${btoa('a:b@')}` },
    });
  });

  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { ...AT, OTEL_SDK_DISABLED: 'true' },
    { ...AT, OTEL_TRACES_EXPORTER: 'none' },
  ])('is nowhere with %j', (env) =>
    expect(readTraceSettings(env)).toEqual({ settings: undefined, problems: [] }),
  );

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'OTEL_EXPORTER_OTLP_ENDPOINT'],
    [{ ...AT, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'grpc'],
    [{ ...AT, OTEL_TRACES_EXPORTER: 'zipkin' }, 'zipkin'],
  ])('is nowhere with %j, and %s is named', (env, word) => {
    const { settings, problems } = readTraceSettings(env);
    expect(settings).toBeUndefined();
    expect(problems).toEqual([expect.stringContaining(word)]);
  });
});

describe('the settings of traces', () => {
  const settingsOf = (env: Readonly<Record<string, string | undefined>>) =>
    readTraceSettings({ ...AT, ...env });

  it('are those of the specification unless given', () => {
    expect(settingsOf({}).settings).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: {},
      timeoutMs: 10_000,
      delayMs: 5_000,
      isJson: false,
      isCompressed: false,
      resource: { 'service.name': 'pubsub' },
      sampler: { isParentBased: true, ratio: 1 },
    });
  });

  it('are the signal’s own before those of all', () => {
    const { settings } = settingsOf({
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1, b=two%2C%20three ,=x,y',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'a=2=3',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1',
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: '250',
      OTEL_BSP_SCHEDULE_DELAY: '0',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    });
    expect(settings).toMatchObject({
      headers: { a: '2=3', b: 'two, three' },
      timeoutMs: 250,
      delayMs: 0,
      isJson: true,
      isCompressed: true,
    });
  });

  it.each([
    ['always_on', '', { isParentBased: false, ratio: 1 }],
    ['always_off', '', { isParentBased: false, ratio: 0 }],
    ['traceidratio', '0.25', { isParentBased: false, ratio: 0.25 }],
    ['parentbased_always_off', '', { isParentBased: true, ratio: 0 }],
    ['parentbased_traceidratio', '1', { isParentBased: true, ratio: 1 }],
    ['parentbased_traceidratio', '', { isParentBased: true, ratio: 1 }],
  ])('sample by %s %s', (name, arg, sampler) => {
    const given = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: arg };
    expect(settingsOf(given)).toMatchObject({ settings: { sampler }, problems: [] });
  });

  it.each([
    { OTEL_TRACES_SAMPLER: 'jaeger_remote' },
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '1.01' },
    { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: 'half' },
    { OTEL_EXPORTER_OTLP_TIMEOUT: '10s' },
    { OTEL_EXPORTER_OTLP_TIMEOUT: '0' },
    { OTEL_BSP_SCHEDULE_DELAY: '-1' },
    { OTEL_BSP_SCHEDULE_DELAY: '1s' },
  ])('go on without %j, which is told', (given) => {
    const { settings, problems } = settingsOf(given);
    expect(settings).toMatchObject({ timeoutMs: 10_000, delayMs: 5_000, sampler: { ratio: 1 } });
    expect(problems).toHaveLength(1);
  });
});
