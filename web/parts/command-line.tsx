import type { VNode } from 'preact';
import { Foreign } from './foreign.tsx';
import { Icon } from './icon.tsx';
import { toast } from './toasts.tsx';

/** A command line to paste, and a button that copies it. */
export function CommandLine({ command }: { readonly command: string }): VNode {
  return (
    <div class="command">
      <code>
        <Foreign text={command} whole />
      </code>
      <button type="button" class="plain" title="Copy" onClick={() => copy(command)}>
        <Icon name="copy" />
        <span class="visually-hidden">Copy the command</span>
      </button>
    </div>
  );
}

function copy(text: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast('ok', 'Copied.'),
    () => toast('bad', 'The browser did not let the page copy: select the text.'),
  );
}
