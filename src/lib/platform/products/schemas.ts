import * as z from 'zod';
import { FIELDS } from '../../http/fields.ts';
import { money, pageFields, pageOf, text, whole, words } from '../service/schema-parts.ts';

/** Units on hand at the most. */
const MAX_STOCK = 1_000_000_000;

const name = text(1, 200);
const description = text(0, 2000);
const stock = whole(0, MAX_STOCK);

/** What `POST /products` takes. */
export const newProduct = z.strictObject(
  { name, description: description.default(''), price: money, stock },
  FIELDS,
);

/** What `PATCH /products/:id` takes: at least one field. */
export const productChange = z
  .strictObject(
    {
      name: name.optional(),
      description: description.optional(),
      price: money.optional(),
      stock: stock.optional(),
    },
    FIELDS,
  )
  .refine(
    (change) => Object.keys(change).length > 0,
    'must have name, description, price or stock',
  );

/** The query of `GET /products`. */
export const productQuery = z.strictObject({ q: words.optional(), ...pageFields });

/** A product as anybody gets it. */
export const product = z.object({
  id: z.number().int().min(1),
  name: z.string(),
  description: z.string(),
  price: z.string().meta({ description: 'decimal, with two places', examples: ['19.90'] }),
  available: z.number().int().min(0),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

/** A product as those get it who look after the stock. */
export const stockedProduct = product.extend({
  on_hand: z.number().int().min(0),
  reserved: z.number().int().min(0),
});

/** What `GET /products` answers. */
export const productPage = pageOf({ products: z.array(product) });
