/**
 * Text that strangers wrote: a body, an attribute's value. It may have markup, control characters, ANSI sequences,
 * RTL marks, or 1 MiB in one line: show it as text and nothing else.
 */
export interface ForeignText {
  /** The beginning where it was cut. */
  readonly text: string;
  /** Length of the whole text in bytes of UTF-8. */
  readonly bytes: number;
  readonly cut: boolean;
}

/** A message attribute. */
export interface MessageAttribute {
  readonly name: string;
  /** `String`, `Number`, `Binary`, `String.Array`, or one of these with a label such as `Number.int`. */
  readonly type: string;
  /** Base64 where the type is `Binary`. */
  readonly value: string;
}
