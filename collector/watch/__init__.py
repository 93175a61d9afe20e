"""Who watches the watcher: what a pass tells of itself, to its own pages, to Prometheus and to a dead man's switch."""
