from __future__ import annotations

import sys
from pathlib import Path

# The compiler's golden files are the contract whose hooks are asked here.
sys.path.insert(0, str(Path(__file__).parents[1] / "codegen" / "golden"))
