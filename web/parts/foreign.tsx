import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { ForeignText } from '../../src/lib/dashboard/api/index.ts';
import { textPieces, withoutControls } from '../text/controls.ts';
import { size } from '../text/figures.ts';
import { indented, isJson } from '../text/json-text.ts';

/** Characters that are shown of a text until somebody asks for all. */
const CLIP = 2_000;

/** A text that strangers wrote, or that has some of theirs in it, on a line. @param props.whole however long it is */
export function Foreign(props: { readonly text: string; readonly whole?: boolean }): VNode {
  const shown = props.whole ? props.text : props.text.slice(0, CLIP);
  return (
    <bdi class="foreign">
      {textPieces(shown).map(({ text: piece, isControl }) =>
        isControl ? <span class="control">{piece}</span> : piece,
      )}
    </bdi>
  );
}

/** A text that strangers wrote, as a block: clipped where it is long, indented where it is JSON. */
export function ForeignBlock(props: {
  readonly label: string;
  readonly value: ForeignText;
}): VNode {
  const { label, value } = props;
  const { text, bytes, cut } = value;
  const [all, setAll] = useState(false);
  const mayIndent = !cut && isJson(text);
  const [asSent, setAsSent] = useState(false);
  const shown = mayIndent && !asSent ? indented(text) : text;
  const isLong = shown.length > CLIP;
  return (
    <div class="stack">
      <div class="row">
        <h3>{label}</h3>
        <span class="muted small">{size(bytes)}</span>
        {mayIndent && indented(text) !== text && (
          <div class="segmented small push">
            <button type="button" aria-pressed={!asSent} onClick={() => setAsSent(false)}>
              indented
            </button>
            <button type="button" aria-pressed={asSent} onClick={() => setAsSent(true)}>
              as sent
            </button>
          </div>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard. */}
      <pre class="foreign" dir="auto" tabIndex={0} role="region" aria-label={label}>
        {all || !isLong ? <Whole text={shown} /> : <Foreign text={shown} />}
        {!all && isLong && '…'}
      </pre>
      {isLong && (
        <div>
          <button type="button" onClick={() => setAll(!all)}>
            {all ? 'Show the beginning only' : `Show all ${size(new Blob([shown]).size)}`}
          </button>
        </div>
      )}
      {cut && (
        <p class="muted small">
          The page has the first {size(new Blob([text]).size)} of {size(bytes)}.
        </p>
      )}
    </div>
  );
}

/** A long text is one node, whatever is in it. */
function Whole({ text }: { readonly text: string }): VNode {
  return text.length > CLIP ? <bdi>{withoutControls(text)}</bdi> : <Foreign text={text} />;
}
