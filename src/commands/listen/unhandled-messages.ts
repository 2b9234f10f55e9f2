import type { Consumed } from '../../lib/consume/consumed.ts';

/** Messages that were taken and not handled, so far: what comes again and is handled then counts no more. */
export class UnhandledMessages {
  private readonly ids = new Set<string>();

  note({ subscriber, messageId, outcome }: Consumed<unknown>): void {
    const id = `${subscriber} ${messageId}`;
    if (outcome === 'handled' || outcome === 'duplicate') this.ids.delete(id);
    else this.ids.add(id);
  }

  get some(): boolean {
    return this.ids.size > 0;
  }
}
