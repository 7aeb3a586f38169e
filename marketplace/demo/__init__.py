"""The demonstration: fictitious organizations and people to try the exchange with, in sandbox only.

Their addresses end with ``.invalid``, a name that no mail reaches (RFC 2606) and that production
signs nobody in with. Passwords and second factors are made for each installation.
"""
