import { searchText } from '../service/search-text.ts';

/** What the shop has from the start: name, description, price, units. */
const GOODS: readonly (readonly [string, string, string, number])[] = [
  ['Espresso beans', 'Dark roast from Sumatra, 1 kg', '19.90', 1000],
  ['Filter coffee', 'Light roast from Ethiopia, 500 g', '12.50', 1000],
  ['Green tea', 'Sencha, first flush, 100 g', '9.80', 1000],
  ['Hand grinder', 'Steel burrs, 38 mm', '89.00', 200],
  ['Pour-over kettle', 'Goose neck, 0.9 l', '54.90', 150],
  ['Coffee filters', 'Paper, size 4, 100 pieces', '3.20', 5000],
  ['Moka pot', 'Aluminium, 6 cups', '34.90', 120],
  ['Café au lait bowl', 'Stoneware, 0.4 l', '14.00', 300],
  ['Müsli jar', 'Glass with a cork lid, 1.5 l', '16.40', 300],
  ['Crème brûlée torch', 'Refillable, without gas', '27.50', 80],
  ['Kitchen scale', 'To 2 kg, in steps of 0.1 g', '22.95', 250],
  ['Milk jug', 'Steel, 350 ml', '11.75', 400],
  ['Barista apron', 'Cotton, 100% organic', '31.00', 60],
  ['Anniversary mug', 'Numbered, three were made', '49.00', 3],
  ['Roastery voucher', 'For one tour, sold out', '25.00', 0],
];

/** The statement that stores them. */
export function seedSql(): string {
  const rows = GOODS.map(
    ([name, description, price, units]) =>
      `('${name}', '${description}', '${searchText(`${name}\n${description}`)}', ${price}, ${units}, ${units})`,
  );
  return `insert into products (name, description, search_text, price, on_hand, available) values ${rows.join(', ')}`;
}
