"""Registers `BENCH_RESOURCES` bare resources: the floor that the engine and its language host set for any program."""

import os

import pulumi

for number in range(int(os.environ["BENCH_RESOURCES"])):
    pulumi.CustomResource("random:index/randomId:RandomId", f"bare-{number}", {"byteLength": 4})
