import type { DomainError } from '#core/errors.ts';
import { ClusterError, ClusterUnreachableError } from '#core/kubernetes/cluster-error.ts';
import { permissionText } from '#core/kubernetes/missing-permission.ts';
import { CliError } from '../../errors.ts';

/** The core speaks of the rack and its credentials; here it is a person's kubeconfig. */
export const explained = (error: DomainError): CliError => {
  if (error instanceof ClusterUnreachableError) {
    return new CliError(error.code, error.message, {
      hint: 'check the address and the certificate authority in the kubeconfig, and the way to the cluster',
      cause: error,
    });
  }
  if (error instanceof ClusterError) return refused(error);
  return new CliError(error.code, error.message, { hint: error.hint, cause: error });
};

const refused = (error: ClusterError): CliError => {
  const { code, missing } = error;
  if (missing) {
    return new CliError(code, `${missing.user} may not ${permissionText(missing)}`, {
      hint: 'use a kubeconfig that may; infra/cluster/roles.yml lists what a rack may do, and a rescue needs no more',
      cause: error,
    });
  }
  if (error.status === 401) {
    return new CliError(code, 'the cluster does not take the credentials of the kubeconfig', {
      hint: 'they are wrong or have expired: get a new kubeconfig',
      cause: error,
    });
  }
  return new CliError(code, error.message, { hint: error.hint, cause: error });
};
