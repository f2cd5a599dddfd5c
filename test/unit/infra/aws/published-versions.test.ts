import { expect, test } from '@jest/globals';
import PublishedVersions from '#infra/aws/plugins/published-versions.cjs';

const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

const pinned = (substitutions: object) => {
  const Resources = {
    TasksLambdaFunction: { Type: 'AWS::Lambda::Function', Properties: {} },
    TasksLambdaVersionAbc: {
      Type: 'AWS::Lambda::Version',
      Properties: { FunctionName: { Ref: 'TasksLambdaFunction' } },
    },
    Machine: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: { DefinitionSubstitutions: substitutions },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: { Targets: [{ Arn: arnOf('TasksLambdaFunction') }] },
    },
  };
  const provider = { compiledCloudFormationTemplate: { Resources } };
  const { hooks } = new PublishedVersions({ service: { provider } });
  for (const hook of Object.values(hooks)) hook();
  return Resources;
};

test('a state machine calls the published version of a function', () => {
  const { Machine } = pinned({ TasksArn: arnOf('TasksLambdaFunction') });

  expect(Machine.Properties.DefinitionSubstitutions).toEqual({
    TasksArn: { Ref: 'TasksLambdaVersionAbc' },
  });
});

test('what is no function with versions stays as it is', () => {
  const substitutions = {
    TopicArn: { Ref: 'Topic' },
    OtherArn: arnOf('OtherLambdaFunction'),
    Name: 'TasksLambdaFunction',
  };

  expect(pinned(substitutions).Machine.Properties.DefinitionSubstitutions).toEqual(substitutions);
});

test('only state machines are changed', () => {
  expect(pinned({}).Rule.Properties.Targets).toEqual([{ Arn: arnOf('TasksLambdaFunction') }]);
});
