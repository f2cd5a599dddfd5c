/** Names of apps hold no slash: the cache is no app's own repository. */
export const repositoryNames = (rack: string, app: string) => ({
  images: `${rack}/${app}`,
  cache: `${rack}/${app}/cache`,
});
