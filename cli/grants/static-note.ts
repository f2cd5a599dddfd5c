/** What a person must know of a registry whose credentials are its owner's own. */
export const staticNote =
  "NOTE: static grants are the registry's own login: not narrowed to a repository, and not revocable. " +
  'To end them, change the password in the registry and in the rack.';
