from __future__ import annotations

import sys
from pathlib import Path

# The golden files are a package of their own, as a plugin from elsewhere would install it.
sys.path.insert(0, str(Path(__file__).parent / "golden"))
