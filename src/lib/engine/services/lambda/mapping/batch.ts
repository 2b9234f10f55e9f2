import type { SqsRecord } from './record.ts';

/** "The payload size … 6 MB" of an event ("Batching behavior", Lambda event source mappings), in bytes. */
export const MAX_EVENT_BYTES = 6 * 1024 * 1024;
const FRAME_BYTES = Buffer.byteLength('{"Records":[]}');

/** Records that go to the function together, as JSON. */
export interface Batch {
  readonly records: readonly SqsRecord[];
  readonly payload: string;
}

/** Cuts records into batches whose events don't exceed the bound, in their order. @param most bytes of an event. */
export function cutIntoBatches(records: readonly SqsRecord[], most = MAX_EVENT_BYTES): Batch[] {
  const batches: Batch[] = [];
  let together: SqsRecord[] = [];
  let texts: string[] = [];
  let bytes = FRAME_BYTES;
  const end = (): void => {
    if (together.length === 0) return;
    batches.push({ records: together, payload: `{"Records":[${texts.join(',')}]}` });
    together = [];
    texts = [];
    bytes = FRAME_BYTES;
  };
  for (const record of records) {
    const text = JSON.stringify(record);
    const size = Buffer.byteLength(text);
    if (bytes + size > most) end();
    together.push(record);
    texts.push(text);
    // With the comma before the next one.
    bytes += size + 1;
  }
  end();
  return batches;
}
