import { dependencies } from '../runtime/dependencies/adoption.ts';
import { httpFunction } from '../runtime/http-function.ts';
import { routes } from './routes.ts';

export const handler = httpFunction(routes(dependencies));
