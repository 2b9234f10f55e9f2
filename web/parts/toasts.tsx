import { signal } from '@preact/signals';
import type { VNode } from 'preact';
import { Foreign } from './foreign.tsx';
import { Icon } from './icon.tsx';

/** How long a word stays, in milliseconds. One of a failure stays until it is closed. */
const SHOWN_MS = 5_000;

interface Toast {
  readonly id: number;
  readonly tone: 'ok' | 'bad';
  readonly words: string;
}

const toasts = signal<readonly Toast[]>([]);
let last = 0;

/** Says in a corner what was done. Screen readers say it too. */
export function toast(tone: Toast['tone'], words: string): void {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-3), { id, tone, words }];
  if (tone === 'ok') setTimeout(() => close(id), SHOWN_MS);
}

function close(id: number): void {
  toasts.value = toasts.value.filter((each) => each.id !== id);
}

/** The corner where it is said. */
export function Toasts(): VNode {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map(({ id, tone, words }) => (
        <div class={`toast ${tone}`} key={id}>
          <Icon name={tone} />
          <span>
            <Foreign text={words} />
          </span>
          <button type="button" class="plain" aria-label="Close" onClick={() => close(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}
