"""Writes the files of this folder with PyTorch (1.13 here), for the checkpoint tests. Run: python3 make.py

package.pth   a torch.package of a small module tree, as audiotools saves models: weight norm, a tied module,
              a persistent and a transient buffer
package_weights.pth  the same module's state dict: what must be read from package.pth
views.pth     strided, offset, shared, empty and scalar tensors of every element type, under compiled names;
              metadata with things that are no tensors
views.json    the same tensors as plain numbers
"""
import argparse, collections, importlib, json, pathlib, sys

import numpy as np
import torch
from torch import nn
from torch.nn.utils import weight_norm

SOURCE = '''
import torch
from torch import nn

class Gain(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.alpha = nn.Parameter(torch.rand(1, channels, 1))
'''


def load_source(name, text):
    folder = pathlib.Path(__file__).parent / name
    folder.mkdir(exist_ok=True)
    (folder / "__init__.py").write_text("")
    (folder / "layers.py").write_text(text)
    sys.path.insert(0, str(folder.parent))
    module = importlib.import_module(name + ".layers")
    return folder, module


def main():
    torch.manual_seed(1)
    folder, layers = load_source("tinycodec", SOURCE)
    model = nn.Module()
    model.encoder = nn.Sequential(weight_norm(nn.Conv1d(1, 3, 3)), layers.Gain(3))
    model.book = nn.Embedding(5, 2)
    model.tied = model.book
    model.register_buffer("steps", torch.arange(4))
    model.register_buffer("scratch", torch.zeros(2), persistent=False)
    metadata = {"kwargs": {"dim": 3, "rates": [2, 4], "name": "tiny", "none": None, "share": 0.5, "flag": True}}
    with torch.package.PackageExporter("package.pth") as exporter:
        exporter.intern("tinycodec.**")
        exporter.save_pickle("Tiny", "Tiny.pth", model)
        exporter.save_pickle("Tiny", "Tiny.metadata", metadata)
    torch.save({"state_dict": model.state_dict(), "metadata": metadata}, "package_weights.pth")
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()

    base = torch.arange(24, dtype=torch.float32)
    tensors = {
        "whole": base.view(2, 3, 4),
        "transposed": base.view(4, 6).t(),
        "offset": base[5:11],
        "strided": base[1::5],
        "inner": base.view(2, 3, 4)[:, 1:, ::2],
        "scalar": torch.tensor(7),
        "empty": torch.zeros(0, 3),
        "f64": torch.tensor([1.5, -2.25], dtype=torch.float64),
        "f16": torch.tensor([1.5, -0.333], dtype=torch.float16),
        "bf16": torch.tensor([1.5, -0.333], dtype=torch.bfloat16),
        "i64": torch.tensor([1 << 40, -1]),
        "i32": torch.tensor([1 << 20, -1], dtype=torch.int32),
        "i16": torch.tensor([300, -1], dtype=torch.int16),
        "i8": torch.tensor([100, -1], dtype=torch.int8),
        "u8": torch.tensor([200, 1], dtype=torch.uint8),
        "bool": torch.tensor([True, False, True]),
    }
    state = collections.OrderedDict(("_orig_mod." + k, v) for k, v in tensors.items())
    torch.save(
        {
            "state_dict": state,
            "metadata": {
                "logs": {"loss": np.float64(0.5), "where": pathlib.PosixPath("runs/1"), "args": argparse.Namespace(lr=1e-3)},
                "kwargs": {"n_heads": 4, "big": 1 << 40, "negative": -(1 << 40), "rates": (2, 4)},
            },
        },
        "views.pth",
    )
    plain = {k: {"shape": list(v.shape), "values": v.flatten().to(torch.float64).tolist()} for k, v in tensors.items()}
    pathlib.Path("views.json").write_text(json.dumps(plain, indent=1) + "\n")


main()
