"""The same work on many targets: on threads of this process, or on the workers of a fleet."""
