"""One module per way of running: dev (one machine, `up`), test, prod. All start from base."""
