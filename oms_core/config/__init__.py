"""Settings: ``oms.toml``, then ``OMS_*``, then flags."""

from oms_core.config.bundling import addresses, bundle_of, bundled
from oms_core.config.effective import Setting, effective
from oms_core.config.load import PluginSchemas, load_config, refuse_strangers, settings_of
from oms_core.config.placement import BundleSettings, RemoteSettings, TlsSettings
from oms_core.config.schema import Schema, schema_of
from oms_core.config.secrets import Secret
from oms_core.config.settings import (
    AuthSettings,
    Config,
    DatabaseSettings,
    LifecycleSettings,
    OnFailure,
    ServerSettings,
    Written,
)

__all__ = [
    "AuthSettings",
    "BundleSettings",
    "Config",
    "DatabaseSettings",
    "LifecycleSettings",
    "OnFailure",
    "PluginSchemas",
    "RemoteSettings",
    "Schema",
    "Secret",
    "ServerSettings",
    "Setting",
    "TlsSettings",
    "Written",
    "addresses",
    "bundle_of",
    "bundled",
    "effective",
    "load_config",
    "refuse_strangers",
    "schema_of",
    "settings_of",
]
