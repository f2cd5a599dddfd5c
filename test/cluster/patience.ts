import { jest } from '@jest/globals';

// A kubelet takes its time, more so on a busy machine. No test of a cluster measures that.
jest.setTimeout(180_000);
