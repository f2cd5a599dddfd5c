const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const host = '(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+\\])(?::\\d+)?';
const name = new RegExp(
  `^(?:${host}/)?${part}(?:/${part})*(?::\\w[\\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$`
);

/** Of a name with its tag or digest. */
const longest = 512;

/** Dockerfiles have it for "no image". */
const nothing = 'scratch';

/** Whether a text can name an image: `redis`, `ghcr.io/org/app:1`, `host:5000/app@sha256:…`. */
export const isImageName = (text: string): boolean =>
  text.length <= longest && text !== nothing && name.test(text);

/** The next step for whoever gave something else. */
export const imageNameForm = 'it has the form HOST/REPOSITORY:TAG, in lower case before the colon';
