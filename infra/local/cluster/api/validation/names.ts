import { type JsonObject, objectAt } from '../json.ts';
import { type FieldError, invalid, required } from './field-error.ts';

const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const subdomain = `${label}(\\.${label})*`;
const qualified = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';

const labelRule = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const subdomainRule = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const serviceRule = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`;
const labelValueRule = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(${qualified})?')`;

const matches = (pattern: string, text: string): boolean => new RegExp(`^${pattern}$`).test(text);

const tooLong = (field: string, value: string, limit: number): FieldError[] =>
  value.length > limit ? [invalid(field, value, `must be no more than ${limit} characters`)] : [];

export const labelNameErrors = (field: string, value: string): FieldError[] => [
  ...tooLong(field, value, 63),
  ...(matches(label, value) ? [] : [invalid(field, value, labelRule)]),
];

const serviceNameErrors = (field: string, value: string): FieldError[] => [
  ...tooLong(field, value, 63),
  ...(matches('[a-z]([-a-z0-9]*[a-z0-9])?', value) ? [] : [invalid(field, value, serviceRule)]),
];

const subdomainErrors = (field: string, value: string): FieldError[] => [
  ...tooLong(field, value, 253),
  ...(matches(subdomain, value) ? [] : [invalid(field, value, subdomainRule)]),
];

const nameRules: Readonly<Record<string, typeof labelNameErrors>> = {
  namespaces: labelNameErrors,
  services: serviceNameErrors,
};

/** RBAC names may hold `:`, as in `system:node`. */
const freeNames = new Set(['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings']);

export const nameErrors = (plural: string, metadata: JsonObject): FieldError[] => {
  const { name } = metadata;
  if (typeof name !== 'string' || name === '') {
    return [required('metadata.name', 'name or generateName is required')];
  }
  return freeNames.has(plural) ? [] : (nameRules[plural] ?? subdomainErrors)('metadata.name', name);
};

export const labelErrors = (field: string, holder: JsonObject): FieldError[] =>
  Object.values(objectAt(holder, 'labels')).flatMap((value) =>
    typeof value === 'string' && matches(`(${qualified})?`, value) && value.length <= 63
      ? []
      : [invalid(field, value, labelValueRule)]
  );
