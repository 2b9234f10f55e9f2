/**
 * A single value that a condition looks at: an attribute's value, one of its array's, or a body's leaf. Integers that a
 * `number` can't hold exactly are a `bigint`.
 */
export type Leaf = string | number | bigint | boolean | null;

/** Whether one value satisfies one condition of a filter policy. */
export type Test = (value: Leaf) => boolean;
