"""The operator's side: the `kurir` command line, classical instances, peers and reports."""
