/** A single value that a condition looks at: an attribute's value, one of its array's, or a body's leaf. */
export type Leaf = string | number | boolean | null;

/** Whether one value satisfies one condition of a filter policy. */
export type Test = (value: Leaf) => boolean;
