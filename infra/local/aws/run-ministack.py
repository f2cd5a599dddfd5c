"""Runs MiniStack in the foreground and notes in RACKLESS_RUN_FILE how it ended.

MiniStack writes its state only when it stops in good order, so `up` has to know whether it did: the
file says "running" from the start until the state is on disk, and "clean" from then on.
"""

import os
import pathlib

from ministack.app import main

from ecr_images import delete_by_tag
from ecr_resources import name_repositories
from lambda_errors import name_errors

run_file = pathlib.Path(os.environ["RACKLESS_RUN_FILE"])
name_errors()
name_repositories()
delete_by_tag()
run_file.write_text("running")
try:
    main()
except SystemExit:
    # It refused to start (a taken port): the state of the last run is untouched.
    run_file.write_text("clean")
    raise
run_file.write_text("clean")
