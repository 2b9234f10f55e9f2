import type { Database } from '../../database/database.ts';
import { type ApiRoute, jsonAnswer } from '../../http/api.ts';
import { check } from '../../http/check.ts';
import { Problem } from '../../http/problem.ts';
import { requireRole } from '../service/caller.ts';
import type { ServiceContext } from '../service/definition.ts';
import { pageEnd, urlId } from '../service/schema-parts.ts';
import { changeProduct, createProduct, findProducts, findProductsById } from './catalogue.ts';
import { productOf } from './product.ts';
import {
  newProduct,
  product,
  productChange,
  productPage,
  productQuery,
  stockedProduct,
} from './schemas.ts';

/** `/products` and `/products/:id`: everybody reads, administrators write. */
export function productRoutes(
  database: Database,
  authenticate: ServiceContext['authenticate'],
): ApiRoute[] {
  return [
    {
      method: 'GET',
      path: '/products',
      describes: {
        summary: 'Find products',
        access: 'anybody',
        query: productQuery,
        answer: productPage,
      },
      handle: async ({ query }) => {
        const wanted = check(productQuery, query, 'query');
        const { products, next } = await findProducts(database, wanted);
        return jsonAnswer(200, { products, page: pageEnd(wanted.limit, next) });
      },
    },
    {
      method: 'GET',
      path: '/products/:id',
      describes: {
        summary: 'Read a product',
        access: 'anybody',
        answer: product,
        refusals: { 404: 'No such product' },
      },
      handle: async ({ params }) => {
        const [row] = await findProductsById(database, [String(check(urlId, params.id, 'id'))]);
        if (row === undefined) throw unknownProduct();
        return jsonAnswer(200, productOf(row));
      },
    },
    {
      method: 'POST',
      path: '/products',
      describes: {
        summary: 'Add a product',
        access: 'admin',
        body: newProduct,
        status: 201,
        answer: stockedProduct,
      },
      handle: async ({ headers, body }) => {
        requireRole(await authenticate(headers), 'admin');
        const product = await createProduct(database, check(newProduct, body, 'body'));
        const location = `/products/${product.id}`;
        return { ...jsonAnswer(201, product), headers: { location } };
      },
    },
    {
      method: 'PATCH',
      path: '/products/:id',
      describes: {
        summary: 'Change a product, or its stock',
        access: 'admin',
        body: productChange,
        answer: stockedProduct,
        refusals: { 404: 'No such product', 409: 'More units are reserved' },
      },
      handle: async ({ headers, params, body }) => {
        requireRole(await authenticate(headers), 'admin');
        const id = check(urlId, params.id, 'id');
        const outcome = await changeProduct(database, id, check(productChange, body, 'body'));
        if (outcome.kind === 'unknown') throw unknownProduct();
        if (outcome.kind === 'reserved') throw reservedUnits(outcome.units);
        return jsonAnswer(200, outcome.product);
      },
    },
  ];
}

function unknownProduct(): Problem {
  return new Problem(404, 'ProductNotFound', 'There is no product with this id.');
}

function reservedUnits(units: number): Problem {
  return new Problem(409, 'UnitsReserved', `${units} units are reserved: stock can't be below.`);
}
