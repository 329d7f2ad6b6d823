"""AWS and EKS on this machine, behind the real Pulumi engine.

The program, the stack files and the engine are the real ones; what stands in is listed in the README's
"Fidelity" section. Nothing under `components/` knows that this package exists.
"""
