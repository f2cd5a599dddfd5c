/** An annotation such as `{"3000":23456}`. Whatever else somebody wrote there counts as nothing. */
export const readPortMap = (
  annotation: string | undefined
): Readonly<Partial<Record<string, number>>> => {
  try {
    const parsed: unknown = JSON.parse(annotation ?? '{}');
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, number>) : {};
  } catch {
    // Not JSON: written by hand.
    return {};
  }
};
