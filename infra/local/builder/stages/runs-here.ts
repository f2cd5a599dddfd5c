import { existsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { findInside } from '../files/file-tree.ts';
import { hostArchitecture } from './platform-values.ts';

/** Pods are processes of this machine, so an image's programs are of use only where they can start. */
export const wrongSystem = (platform: NodeJS.Platform): string | undefined =>
  platform === 'linux' ? undefined : `its programs are for Linux, not for ${platform}`;

/**
 * Why the programs of an unpacked image can't start outside a container, judged by its shell: another
 * processor, or a loader that this machine lacks (musl on glibc). Undefined when they can, and when the
 * image has no shell.
 */
export const wrongPrograms = async (
  root: string,
  architecture: string | undefined
): Promise<string | undefined> => {
  if (architecture !== undefined && architecture !== hostArchitecture()) {
    return `its programs are for ${architecture}, not for ${hostArchitecture()}`;
  }
  const shell = await findInside(root, '/bin/sh');
  const loader = shell?.stats.isFile() ? await loaderOf(shell.path) : undefined;
  return loader === undefined || existsSync(loader)
    ? undefined
    : `its programs need ${loader}, which this machine lacks`;
};

/** What a 64-bit little-endian ELF file names as its interpreter; undefined for anything else. */
const loaderOf = async (path: string): Promise<string | undefined> => {
  const file = await open(path);
  try {
    const header = await read(file, 0, elf.headerSize);
    const isElf = header.subarray(0, 6).equals(elf.magic) && header.length === elf.headerSize;
    return isElf ? await interpreter(file, header) : undefined;
  } finally {
    await file.close();
  }
};

/** Offsets of the ELF-64 specification. */
const elf = {
  magic: Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]),
  headerSize: 64,
  tableOffset: 32,
  entrySize: 54,
  entryCount: 56,
  interpreterType: 3,
} as const;

const interpreter = async (file: FileHandle, header: Buffer): Promise<string | undefined> => {
  const size = header.readUInt16LE(elf.entrySize);
  const count = header.readUInt16LE(elf.entryCount);
  const table = await read(file, Number(header.readBigUInt64LE(elf.tableOffset)), size * count);
  for (let at = 0; at + size <= table.length && size >= 56; at += size) {
    if (table.readUInt32LE(at) === elf.interpreterType) {
      const name = await read(
        file,
        Number(table.readBigUInt64LE(at + 8)),
        Math.min(4096, Number(table.readBigUInt64LE(at + 32)))
      );
      return name.toString().replace(/\0.*$/s, '');
    }
  }
  return undefined;
};

const read = async (file: FileHandle, position: number, length: number): Promise<Buffer> => {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
};
