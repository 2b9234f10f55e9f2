/** `GET comparison`: the last `pubsub deploy compare` of this machine's state folder. */
export interface ComparisonView {
  /** Null where none was made. */
  readonly comparison: StylesCompared | null;
}

/** The ways to deploy a topology beside each other. */
export interface StylesCompared {
  readonly topology: string;
  /** ISO 8601. */
  readonly time: string;
  /** In the order of the columns. */
  readonly styles: readonly {
    readonly name: string;
    /** For whom it is, in a line. */
    readonly finding: string;
    /** Messages that were lost when it was measured. */
    readonly missing: number;
  }[];
  readonly parts: readonly {
    /** Such as `Measured, 1,000 orders`. */
    readonly title: string;
    readonly rows: readonly ComparedRow[];
  }[];
  /** What was measured on, and what can't be compared: sentences. */
  readonly remarks: readonly string[];
}

/** A figure of each style. */
export interface ComparedRow {
  readonly label: string;
  /** In the order of the styles. `share` of the greatest of the row, from 0 to 1; null for words and what is not there. */
  readonly values: readonly { readonly shown: string; readonly share: number | null }[];
}
