import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { clearEmulatorState, emulatorPlan, lastStop } from '#infra/local/aws/emulator.ts';
import { createHome, type Home, homeAt } from '#infra/local/plane/home.ts';

let home: Home;
beforeEach(() => {
  home = homeAt(mkdtempSync(join(tmpdir(), 'rackless-emulator-')));
  createHome(home);
});

const plan = (variables: Record<string, string>) =>
  emulatorPlan({ home, python: 'python3', port: 4566, variables });

describe('the environment of the emulator', () => {
  test('has its own switches', () => {
    const { environment, settings } = plan({ AUTH: 'true', SFN_WAIT_SCALE: '0.1' });

    expect(environment).toMatchObject({ AUTH: 'true', SFN_WAIT_SCALE: '0.1' });
    expect(settings).toEqual({ AUTH: 'true', SFN_WAIT_SCALE: '0.1', port: '4566' });
  });

  test('shows functions nothing of the developer', () => {
    const { environment } = plan({ KUBECONFIG: '/prod', AWS_PROFILE: 'prod', GITHUB_TOKEN: 'x' });

    expect(Object.keys(environment)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(KUBECONFIG|AWS_PROFILE|GITHUB_TOKEN)$/)])
    );
  });

  test('keeps it on this machine, whatever was asked for', () => {
    const { environment } = plan({ BIND_HOST: '0.0.0.0', STATE_DIR: '/elsewhere' });

    expect(environment).toMatchObject({ BIND_HOST: '127.0.0.1', STATE_DIR: home.emulatorState });
  });
});

describe('the last stop of the emulator', () => {
  test.each([
    ['clean', 'clean'],
    ['running', 'unclean'],
    ['', 'unclean'],
  ])('noted as "%s" is %s', (noted, expected) => {
    writeFileSync(home.emulatorRun, noted);

    expect(lastStop(home)).toBe(expected);
  });

  test('is none before the first start and after its state was cleared', () => {
    expect(lastStop(home)).toBe('never ran');
    writeFileSync(home.emulatorRun, 'running');

    clearEmulatorState(home);

    expect(lastStop(home)).toBe('never ran');
    expect(existsSync(home.emulatorState)).toBe(true);
  });
});
