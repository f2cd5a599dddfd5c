/**
 * The whole lines of a stream, as they come. A connection that breaks off ends them, and so does an
 * abort; half a line is left out. (Streams of Node would throw past whoever reads them.)
 */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch {
    // How a watch ends does not matter: whoever watches lists again.
  }
}
