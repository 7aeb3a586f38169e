"""Every router of the exchange; the application mounts them and nothing else."""

from litestar.types import ControllerRouterHandler

ROUTES: tuple[ControllerRouterHandler, ...] = ()
