import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Foreign } from './foreign.tsx';

/** A question that holds everything else up until it is answered. Escape closes it; the browser keeps the focus inside. */
export function Dialog(props: {
  readonly title: string;
  readonly close: () => void;
  readonly children: ComponentChildren;
}): VNode {
  const { title, close, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={close}>
      <div class="stack">
        <h1 id={id}>
          <Foreign text={title} />
        </h1>
        {children}
      </div>
    </dialog>
  );
}
