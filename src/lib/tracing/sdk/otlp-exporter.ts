import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { TraceSettings } from './environment.ts';

/** Answers after which the same request is made again ("OTLP/HTTP Response", retryable codes). */
const RETRYABLE: ReadonlySet<number> = new Set([429, 502, 503, 504]);
/** Milliseconds before the second try; doubled for each after that. */
const FIRST_RETRY_MS = 500;

/** Sends spans as OTLP over HTTP. What can't be sent is dropped. */
export class OtlpExporter implements SpanExporter {
  private readonly settings: TraceSettings;
  private readonly onProblem: (problem: string) => void;
  /** Aborted to give up what is on its way. */
  private readonly ending = new AbortController();
  private readonly underWay = new Set<Promise<void>>();

  /** @param onProblem told why spans could not be sent, each time. */
  constructor(settings: TraceSettings, onProblem: (problem: string) => void) {
    this.settings = settings;
    this.onProblem = onProblem;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const sent = this.send(spans)
      .catch((error: unknown) => this.onProblem(reasonOf(error)))
      .then(() => {
        this.underWay.delete(sent);
        // Also where it failed: whoever waits for it has nothing to do about that, and it was told.
        done({ code: ExportResultCode.SUCCESS });
      });
    this.underWay.add(sent);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.underWay);
  }

  /** Gives up what is on its way. */
  async shutdown(): Promise<void> {
    this.ending.abort();
    await this.forceFlush();
  }

  private async send(spans: ReadableSpan[]): Promise<void> {
    const { url, headers, timeoutMs, isJson, isCompressed } = this.settings;
    const serializer = isJson ? JsonTraceSerializer : ProtobufTraceSerializer;
    const body = serializer.serializeRequest(spans);
    if (body === undefined) return;
    const signal = AbortSignal.any([this.ending.signal, AbortSignal.timeout(timeoutMs)]);
    const request = {
      method: 'POST',
      headers: {
        ...headers,
        'Content-Type': isJson ? 'application/json' : 'application/x-protobuf',
        ...(isCompressed ? { 'Content-Encoding': 'gzip' } : {}),
      },
      body: isCompressed ? await promisify(gzip)(body) : body,
      redirect: 'manual',
      signal,
    } as const;
    for (let delay = FIRST_RETRY_MS; ; delay *= 2) {
      const response = await fetch(url, request);
      // Read to its end, so that the connection can be used again.
      await response.arrayBuffer();
      if (response.ok) return;
      if (!RETRYABLE.has(response.status)) throw new Error(`it answered ${response.status}`);
      await sleep(delay, undefined, { signal });
    }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer came in time';
  const { cause } = error as {
    readonly cause?: { readonly code?: string; readonly message?: string };
  };
  return cause?.code ?? cause?.message ?? error.message;
}
