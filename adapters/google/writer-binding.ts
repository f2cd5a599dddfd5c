import * as z from 'zod';
import type { GoogleApi } from './google-api.ts';
import { GoogleError } from './google-error.ts';
import { keepTrying, type Patience } from './keep-trying.ts';

/** Whatever else stands in a policy is written back as it was read. */
const Policy = z.looseObject({
  bindings: z
    .array(
      z.looseObject({
        role: z.string(),
        members: z.array(z.string()).default([]),
        condition: z.unknown().optional(),
      })
    )
    .default([]),
  etag: z.string().optional(),
});
type Policy = z.infer<typeof Policy>;

const writer = 'roles/artifactregistry.writer';

export interface Writer {
  /** `projects/P/locations/L/repositories/R` */
  readonly repository: string;
  /** E-mail address of the service account. */
  readonly email: string;
}

/**
 * Lets an account push to one repository and pull from it, by the repository's own policy. The
 * binding has no condition: a repository is none of the resources whose policy takes any. A policy
 * that somebody else changes meanwhile, or an account too new to be known, is tried again.
 */
export const allowWriter = (
  api: GoogleApi,
  { repository, email }: Writer,
  patience: Patience
): Promise<void> =>
  keepTrying(() => letIn(api, repository, `serviceAccount:${email}`), isPassing, patience);

/** 409: the etag is old. 400: "service account … does not exist", of one just made. */
const isPassing = (error: unknown): boolean =>
  error instanceof GoogleError &&
  (error.status === 409 || (error.status === 400 && error.message.includes('does not exist')));

const letIn = async (api: GoogleApi, repository: string, member: string): Promise<void> => {
  const url = `${api.endpoints.artifactRegistry}/v1/${repository}`;
  const policy = await api.call(Policy, {
    url: `${url}:getIamPolicy?options.requestedPolicyVersion=3`,
    doing: `show who may use ${repository}`,
  });
  const changed = withWriter(policy, member);
  if (changed === policy) return;
  await api.call(z.unknown(), {
    url: `${url}:setIamPolicy`,
    doing: `let ${member} push to ${repository}`,
    body: { policy: changed },
  });
};

/** The same policy if the member is in it already. */
const withWriter = (policy: Policy, member: string): Policy => {
  const isOurs = ({ role, condition }: Policy['bindings'][number]): boolean =>
    role === writer && condition === undefined;
  const ours = policy.bindings.find(isOurs);
  if (ours?.members.includes(member)) return policy;
  const others = policy.bindings.filter((it) => it !== ours);
  const members = [...(ours?.members ?? []), member];
  return { ...policy, bindings: [...others, { ...ours, role: writer, members }] };
};
