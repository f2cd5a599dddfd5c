import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installBusybox } from '../bed/busybox-image.ts';
import { pushImage } from '../bed/push-image.ts';

/**
 * Finds no packages. BuildKit says where the files of the image are and where the list goes
 * (docs/attestations/sbom-protocol.md of its repository).
 */
const script = `#!/bin/sh
test -d "$BUILDKIT_SCAN_SOURCE" || exit 1
name=$(basename "$BUILDKIT_SCAN_SOURCE")
cat > "$BUILDKIT_SCAN_DESTINATION/$name.spdx.json" <<END
{"_type":"https://in-toto.io/Statement/v0.1","predicateType":"https://spdx.dev/Document",
"predicate":{"spdxVersion":"SPDX-2.3","SPDXID":"SPDXRef-DOCUMENT","name":"$name"}}
END
`;

/** Puts an image with a scanner that needs nothing from elsewhere into a registry. Gives its name. */
export const pushScannerImage = (registry: string, name: string): string =>
  pushImage({ registry, name, command: ['/bin/scan'], env: ['PATH=/bin'] }, (root) => {
    installBusybox(root);
    const file = join(root, 'bin', 'scan');
    writeFileSync(file, script);
    chmodSync(file, 0o755);
  });
