import { inTurn, type Script } from '#test/fakes/scripted-rack.ts';
import { aBuild, anEvent, aPromotion } from './records.ts';

/** A folder that can be built. */
export const files = {
  'convox.yml': 'services:\n  web:\n    build: .\n',
  Dockerfile: 'FROM scratch\n',
};

/** A rack that has the whole source already, and builds it. */
export const building = {
  storeSource: { object: `object://shop/sources/${'5'.repeat(64)}`, missing: [] },
  createBuild: aBuild({ status: 'created', release: '' }),
  listBuildEvents: inTurn(
    { events: [anEvent(1, '#1 FROM scratch')], done: false },
    { events: [anEvent(2, '#2 done')], done: true }
  ),
  getBuild: aBuild(),
};

/** A rack that promotes in a moment. */
export const promoting = {
  promoteRelease: aPromotion(),
  listPromotionEvents: { events: [anEvent(1, 'one')], done: true },
  getPromotion: aPromotion({ status: 'Promoted' }),
};

/** A promotion whose story comes in two parts. */
export const rollout: Script = {
  promoteRelease: aPromotion(),
  listPromotionEvents: inTurn(
    { events: [anEvent(1, 'system/k8s/atom/app Status: Running => Pending')], done: false },
    { events: [anEvent(2, 'system/k8s/web Scaled up replica set web-745f845dc to 1')], done: true }
  ),
  getPromotion: aPromotion({ status: 'Promoted' }),
};
