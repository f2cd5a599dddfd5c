import type { Scenario } from './scenario.ts';
import { badImages } from './scenarios/bad-images.ts';
import { broken } from './scenarios/broken.ts';
import { crowded } from './scenarios/crowded.ts';
import { healthy } from './scenarios/healthy.ts';

/** By name; the recording is test/fixtures/recordings/NAME.json. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  ...healthy,
  ...broken,
  ...badImages,
  ...crowded,
};
