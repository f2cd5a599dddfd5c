import * as adoptions from '#contracts/adoptions.ts';
import { type AdoptionDependencies, adoptApp } from '#core/adoptions/adopt-app.ts';
import { listAdoptableApps } from '#core/adoptions/list-adoptable-apps.ts';
import { type Route, route } from '../runtime/route.ts';

export const routes = (deps: AdoptionDependencies): readonly Route[] => [
  route(adoptions.listAdoptableApps, listAdoptableApps(deps)),
  route(adoptions.adoptApp, adoptApp(deps)),
];
