import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { createHome, type Home, homeAt } from '#infra/local/plane/home.ts';
import {
  forgetPart,
  hasSettings,
  type PartRecord,
  partState,
  readPart,
  writePart,
} from '#infra/local/plane/part.ts';
import { identify } from '#infra/local/plane/process-identity.ts';

const aRecord = (change: Partial<PartRecord> = {}): PartRecord => ({
  ...identify(process.pid),
  name: 'front',
  port: 4000,
  log: '/tmp/front.log',
  settings: {},
  startedAt: '2026-03-18T14:30:49.000Z',
  ...change,
});

describe('the state of a part', () => {
  test('is stopped without a record', () => {
    expect(partState(undefined, false)).toBe('stopped');
  });

  test('is running while its process lives', () => {
    expect(partState(aRecord(), true)).toBe('running');
  });

  test('is crashed when the process went and the record stayed', () => {
    expect(partState(aRecord(), false)).toBe('crashed');
  });
});

describe('the settings of a running part', () => {
  test('fit when it was started with all that is asked for', () => {
    expect(hasSettings({ settings: { port: '1', AUTH: 'true' } }, { port: '1' })).toBe(true);
  });

  test('do not fit when one differs or is missing', () => {
    expect(hasSettings({ settings: { AUTH: 'true' } }, { AUTH: 'false' })).toBe(false);
    expect(hasSettings({ settings: {} }, { AUTH: 'true' })).toBe(false);
  });
});

describe('the record of a part', () => {
  let home: Home;
  beforeEach(() => {
    home = homeAt(mkdtempSync(join(tmpdir(), 'rackless plane-')));
    createHome(home);
  });

  test('names a running process', () => {
    const record = aRecord();

    writePart(home, record);

    expect(readPart(home, 'front')).toEqual({ name: 'front', state: 'running', record });
  });

  test('tells a crash from a pid that was given out again', () => {
    writePart(home, aRecord({ startTime: '1' }));

    expect(readPart(home, 'front').state).toBe('crashed');
  });

  test('does not outlive the boot', () => {
    writePart(home, aRecord({ boot: 'another' }));

    expect(readPart(home, 'front').state).toBe('crashed');
  });

  test('is gone once forgotten', () => {
    writePart(home, aRecord());

    forgetPart(home, 'front');

    expect(readPart(home, 'front').state).toBe('stopped');
  });
});
