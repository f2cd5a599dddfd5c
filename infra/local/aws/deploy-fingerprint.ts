import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** Everything that ends up in the stack: the template, the code, and the versions of what it imports. */
const inputs = [
  'serverless.yml',
  'package-lock.json',
  'tsconfig.json',
  'adapters',
  'contracts',
  'core',
  'functions',
  'infra/aws',
  'statemachines',
] as const;

/** Changes when `osls deploy` would deploy something else. `parameters` are those of the deployment. */
export const deployFingerprint = (
  folder: string,
  parameters: Readonly<Record<string, string>>
): string => {
  const hash = createHash('sha256').update(JSON.stringify(parameters));
  for (const file of inputs.flatMap((input) => filesBelow(join(folder, input)))) {
    hash.update(`\0${relative(folder, file)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
};

const filesBelow = (path: string): readonly string[] => {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
};
