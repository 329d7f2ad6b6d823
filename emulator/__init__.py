"""Emulates AWS and EKS on this machine, for Pulumi programs that run with the real engine.

The program, the stack files and the engine are the real ones; section "Fidelity" of the README lists what is
simulated. Nothing in `components/` depends on this package.
"""
