const teardown = async (): Promise<void> => {
  await globalThis.racklessEmulator?.stop();
};

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default teardown;
