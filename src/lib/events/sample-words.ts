import { type Random, randomChoice, randomInteger } from './random.ts';

const FIRST_NAMES = [
  'Ada',
  'Alan',
  'Barbara',
  'Edsger',
  'Frances',
  'Grace',
  'Ken',
  'Margaret',
] as const;
const LAST_NAMES = [
  'Allen',
  'Dijkstra',
  'Hamilton',
  'Hopper',
  'Liskov',
  'Lovelace',
  'Turing',
] as const;

/** Words for samples. */
export const WORDS = [
  'amber',
  'birch',
  'cobalt',
  'delta',
  'ember',
  'fjord',
  'granite',
  'harbor',
  'indigo',
  'juniper',
] as const;

/** Somebody with a name and an address of the domain that is kept for examples (RFC 2606). */
export function createPerson(random: Random): { readonly name: string; readonly email: string } {
  const first = randomChoice(random, FIRST_NAMES);
  const last = randomChoice(random, LAST_NAMES);
  const number = randomInteger(random, 1, 999);
  return {
    name: `${first} ${last}`,
    email: `${first}.${last}${number}@example.com`.toLowerCase(),
  };
}
