const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

/** This machine's processor, as images name it. */
export const hostArchitecture = (): string => architectures[process.arch] ?? process.arch;

/** The variables that BuildKit knows without being told: images are built for this machine. */
export const platformValues = (): ReadonlyMap<string, string> => {
  const architecture = hostArchitecture();
  return new Map(
    ['BUILD', 'TARGET'].flatMap((side): [string, string][] => [
      [`${side}PLATFORM`, `linux/${architecture}`],
      [`${side}OS`, 'linux'],
      [`${side}ARCH`, architecture],
      [`${side}VARIANT`, ''],
    ])
  );
};
