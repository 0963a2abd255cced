"""Settings: ``oms.toml``, then ``OMS_*``, then flags."""

from oms_core.config.load import load_config
from oms_core.config.settings import AuthSettings, Config, DatabaseSettings, ServerSettings

__all__ = ["AuthSettings", "Config", "DatabaseSettings", "ServerSettings", "load_config"]
