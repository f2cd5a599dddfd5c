import jsonPatchLibrary from 'fast-json-patch';
import { badRequest, StatusError } from '../../status-error.ts';
import { isObject, type JsonObject } from '../json.ts';

const { applyPatch } = jsonPatchLibrary;
type Operations = Parameters<typeof applyPatch>[1];

/** RFC 6902. A failing operation, `test` included, is a 422 as from the API server. */
export const jsonPatch = (target: JsonObject, operations: unknown): JsonObject => {
  if (!Array.isArray(operations)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into type jsonpatch.Patch'
    );
  }
  try {
    const { newDocument } = applyPatch(
      structuredClone(target),
      operations as unknown as Operations,
      true,
      true
    );
    return isObject(newDocument) ? newDocument : {};
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new StatusError({
      code: 422,
      reason: 'Invalid',
      message: `the server rejected our request due to an error in our request: ${why}`,
    });
  }
};
