module rackless.dev/draining-server

go 1.22
