"""Compare a running platform with the PyTorch reference: every sentence of reference.py's file through POST /predict.

    python3 models/training/check_served.py reference.json --token "$(./token)" [--url http://localhost:8080] [--tolerance 1e-4]

Exits with 1 when a label differs or a score is further off than the tolerance (that of the fp32 variant).
"""

import argparse
import json
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


def predict(url: str, token: str, text: str) -> dict:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Cache-Control": "no-cache"}
    request = urllib.request.Request(f"{url}/predict", json.dumps({"text": text}).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reference", type=Path)
    parser.add_argument("--token", required=True)
    parser.add_argument("--url", default="http://localhost:8080")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    options = parser.parse_args()

    rows = json.loads(options.reference.read_text())
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda row: predict(options.url, options.token, row["text"]), rows))
    labels = sum(a["label"] != r["predicted"] for a, r in zip(answers, rows))
    worst = max(abs(a["score"] - r["score"]) for a, r in zip(answers, rows))
    accuracy = sum(a["label"] == r["label"] for a, r in zip(answers, rows)) / len(rows)
    print(f"{len(rows)} sentences: accuracy {accuracy:.4f}, {labels} labels differ, largest score difference {worst:.2e}")
    return int(labels > 0 or worst > options.tolerance)


if __name__ == "__main__":
    raise SystemExit(main())
