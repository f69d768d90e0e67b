"""The visual families by name; a scene paints a whole stage."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from textcraft_image_server.painting.scenes import (
    abstract,
    city,
    coast,
    desert,
    forest,
    hills,
    marsh,
    mountains,
    room,
    sea,
)
from textcraft_image_server.painting.stage import Stage

Scene = Callable[[Stage], None]

SCENES: Mapping[str, Scene] = MappingProxyType(
    {
        "sea": sea.paint,
        "mountains": mountains.paint,
        "storm": sea.paint_storm,
        "forest": forest.paint,
        "coast": coast.paint,
        "city": city.paint,
        "desert": desert.paint,
        "marsh": marsh.paint,
        "snow": hills.paint_snow,
        "room": room.paint,
        "abstract": abstract.paint,
        "fields": hills.paint_fields,
    }
)
