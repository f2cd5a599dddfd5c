declare module '#infra/aws/plugins/published-versions.cjs' {
  /** A plugin of osls. */
  export default class PublishedVersions {
    readonly hooks: Readonly<Record<string, () => void>>;
    constructor(serverless: {
      readonly service: {
        readonly provider: { readonly compiledCloudFormationTemplate: { Resources: object } };
      };
    });
  }
}
