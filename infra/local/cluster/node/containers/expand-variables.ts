/**
 * Kubernetes' `$(NAME)` in commands, arguments and values: `$$` is a dollar sign, and a name that is
 * not known stays as it is written.
 */
export const expandVariables = (
  text: string,
  values: Readonly<Partial<Record<string, string>>>
): string =>
  text.replace(/\$(?:\$|\(([^()]*)\))/g, (found, name: string | undefined) =>
    name === undefined ? '$' : (values[name] ?? found)
  );
