import { bringUpPlane } from './bring-up-plane.ts';

const startPlane = (): void => bringUpPlane();

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default startPlane;
