"""Fixtures that several test modules share."""

from model_shop import offered, root, shop, tiny

__all__ = ["offered", "root", "shop", "tiny"]
