"""How the service describes itself: the manifest of the Reconciliation API 0.2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg import __version__
from kg.names import ID, PREFIXES
from kg.serve.asked import BATCH
from kg.serve.extend import SETTINGS
from kg.serve.suggest import typed

if TYPE_CHECKING:
    from kg.serve.known import Known

PATH: Final = "/reconcile"
DEFAULT: Final = ("Actor", "State", "Entity", "InternationalOrganisation", "Arrangement", "Threat")
WIDTH: Final = 420
HEIGHT: Final = 260


def manifest(known: Known, base: str) -> dict[str, Any]:
    """The manifest of the service for KNOWN at the address BASE (without a slash at its end)."""
    suggest = {
        kind: {"service_url": base, "service_path": f"{PATH}/suggest/{kind}"} for kind in ("entity", "property", "type")
    }
    return {
        "versions": ["0.2"],
        "name": f"minilat: states, organisations, arrangements and threats ({known.as_of})",
        "identifierSpace": ID,
        "schemaSpace": PREFIXES["mlo"],
        "documentation": f"{base}/",
        "serviceVersion": __version__,
        "defaultTypes": [typed(known, t) for t in DEFAULT],
        "view": {"url": f"{base}{PATH}/view?id={{{{id}}}}"},
        "preview": {"url": f"{base}{PATH}/preview?id={{{{id}}}}", "width": WIDTH, "height": HEIGHT},
        "suggest": suggest,
        "extend": {
            "propose_properties": {"service_url": base, "service_path": f"{PATH}/properties"},
            "property_settings": list(SETTINGS),
        },
        "batchSize": BATCH,
    }
