/** Logical ids of the published versions by that of their function. */
const versionsIn = (resources) =>
  new Map(
    Object.entries(resources)
      .filter(([, { Type }]) => Type === 'AWS::Lambda::Version')
      .map(([id, { Properties }]) => [Properties.FunctionName.Ref, id])
  );

const published = (value, versions) => {
  const [id, attribute] = value?.['Fn::GetAtt'] ?? [];
  return attribute === 'Arn' && versions.has(id) ? { Ref: versions.get(id) } : value;
};

/** Points the state machines of a template at published versions instead of the latest code. */
const pinVersions = (resources) => {
  const versions = versionsIn(resources);
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::StepFunctions::StateMachine') continue;
    const substitutions = Object.entries(Properties.DefinitionSubstitutions ?? {});
    Properties.DefinitionSubstitutions = Object.fromEntries(
      substitutions.map(([name, value]) => [name, published(value, versions)])
    );
  }
};

/**
 * An execution goes on with the code that it began with: its definition names versions, which a
 * later deployment leaves as they are. Their logical ids hold a hash that only osls knows, so the
 * fragments write `!GetAtt NAMELambdaFunction.Arn` and this replaces it in the compiled template.
 */
class PublishedVersions {
  constructor(serverless) {
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () =>
        pinVersions(serverless.service.provider.compiledCloudFormationTemplate.Resources),
    };
  }
}

module.exports = PublishedVersions;
